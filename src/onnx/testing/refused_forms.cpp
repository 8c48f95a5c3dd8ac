#include "onnx/testing/refused_forms.hpp"

#include <string>

namespace onnx::testing {
namespace {

using Ints = std::vector<int64_t>;

/// x of the shape, one node of x to y, the output.
Builder& unary(Builder& b, const char* type, const Ints& dims, const char* domain = "")
{
    b.input("x", dims).output("y");
    return b.node(type, {"x"}, {"y"}, domain);
}

/// x and h = x · 1 + … of one shape: two activations that are no function of one another's tensor.
Builder& two(Builder& b)
{
    return b.input("x", {-1, 2, 2}).weight("w", {2, 2}, {1, 2, 3, 4}).node("MatMul", {"x", "w"}, {"h"}).output("y");
}

/// x, the constant c and y = type(x, c).
Builder& with_constant(Builder& b, const char* type, const Ints& dims, const Ints& of, const std::vector<float>& values)
{
    return b.input("x", dims).weight("c", of, values).node(type, {"x", "c"}, {"y"}).output("y");
}

/// x, the integers n and y = type(x, n).
Builder& with_integers(Builder& b, const char* type, const Ints& dims, const Ints& n)
{
    return b.input("x", dims).integers("n", n).node(type, {"x", "n"}, {"y"}).output("y");
}

Builder& pool(Builder& b, const char* type)
{
    return unary(b, type, {-1, 1, 6, 6}).attribute("kernel_shape", Ints{2, 2});
}

Builder& after_softmax(Builder& b, const char* type, const char* domain = "")
{
    return b.input("x", {-1, 4}).node("Softmax", {"x"}, {"p"}).node(type, {"p"}, {"y"}, domain).output("y");
}

} // namespace

const std::vector<Form>& refused_arithmetic()
{
    static const std::vector<Form> forms{
        {"matmul_of_two", "the_MatMul", "two activations",
         [](Builder& b) { two(b).node("MatMul", {"x", "h"}, {"y"}); }},
        {"mul_of_two", "the_Mul", "two activations", [](Builder& b) { two(b).node("Mul", {"x", "h"}, {"y"}); }},
        {"div_of_two", "the_Div", "two activations", [](Builder& b) { two(b).node("Div", {"x", "h"}, {"y"}); }},
        {"max_of_two", "the_Max", "two activations", [](Builder& b) { two(b).node("Max", {"x", "h"}, {"y"}); }},
        {"where_of_two", "the_Where", "different activations",
         [](Builder& b) { two(b).node("Where", {"x", "x", "h"}, {"y"}); }},
        {"sum_of_two_shapes", "the_Add", "differ in shape",
         [](Builder& b) {
             two(b)
                 .node("Relu", {"h"}, {"r"})
                 .integers("n", {-1, 4})
                 .node("Reshape", {"r", "n"}, {"s"})
                 .node("Add", {"x", "s"}, {"y"});
         }},
        {"max_of_many", "the_Max", "the same for all elements",
         [](Builder& b) { with_constant(b, "Max", {-1, 2}, {2}, {1, 2}); }},
        {"min_of_many", "the_Min", "the same for all elements",
         [](Builder& b) { with_constant(b, "Min", {-1, 2}, {2}, {1, 2}); }},
        {"pow_of_many", "the_Pow", "the same for all elements",
         [](Builder& b) { with_constant(b, "Pow", {-1, 2}, {2}, {1, 2}); }},
        {"greater_of_many", "the_Greater", "the same for all elements",
         [](Builder& b) { with_constant(b, "Greater", {-1, 2}, {2}, {1, 2}); }},
        {"constant_divided", "the_Div", "the same for all elements",
         [](Builder& b) { b.input("x", {-1, 2}).weight("c", {2}, {1, 2}).node("Div", {"c", "x"}, {"y"}).output("y"); }},
        {"divided_by_0", "the_Div", "divides by 0", [](Builder& b) { with_constant(b, "Div", {-1, 2}, {1}, {0}); }},
        {"larger_constant", "the_Add", "larger than the value",
         [](Builder& b) { with_constant(b, "Add", {-1, 2}, {3, 1, 2}, {1, 2, 3, 4, 5, 6}); }},
        {"constant_by_record", "the_Add", "between the records",
         [](Builder& b) { with_constant(b, "Add", {2, 2}, {2, 2}, {1, 2, 3, 4}); }},
        {"clip_to_computed", "the_Clip", "at run time",
         [](Builder& b) {
             b.input("x", {-1, 1}).node("Neg", {"x"}, {"n"}).node("Clip", {"x", "n"}, {"y"}).output("y");
         }},
        {"prelu_of_computed", "the_PRelu", "must be constant",
         [](Builder& b) { two(b).node("PRelu", {"x", "h"}, {"y"}); }},
        {"cast_to_integer", "the_Cast", "to an integer",
         [](Builder& b) { unary(b, "Cast", {-1, 2}).attribute("to", int64_t{7}); }},
    };
    return forms;
}

const std::vector<Form>& refused_products()
{
    static const std::vector<Form> forms{
        {"gemm_of_computed", "the_Gemm", "two activations",
         [](Builder& b) {
             b.input("x", {2, 2}).node("Relu", {"x"}, {"r"}).node("Gemm", {"x", "r"}, {"y"}).output("y");
         }},
        {"gemm_plus_computed", "the_Gemm", "third input is an activation",
         [](Builder& b) {
             b.input("x", {-1, 2}).weight("w", {2, 2}, {1, 2, 3, 4}).node("Gemm", {"x", "w", "x"}, {"y"}).output("y");
         }},
        {"matmul_from_left_across_records", "the_MatMul", "a matrix for each record",
         [](Builder& b) {
             b.input("x", {2, 2}).weight("w", {2, 2}, {1, 2, 3, 4}).node("MatMul", {"w", "x"}, {"y"}).output("y");
         }},
        {"matmul_of_larger_rank", "the_MatMul", "more dimensions than its activation",
         [](Builder& b) { with_constant(b, "MatMul", {-1, 2}, {1, 2, 2}, {1, 2, 3, 4}); }},
        {"layer_normalization", "the_LayerNormalization", "not supported",
         [](Builder& b) { with_constant(b, "LayerNormalization", {-1, 2}, {2}, {1, 1}); }},
        {"dropout_in_training", "the_Dropout", "training mode",
         [](Builder& b) {
             b.input("x", {-1, 2})
                 .weight("r", {}, {0.5})
                 .weight("t", {}, {1})
                 .node("Dropout", {"x", "r", "t"}, {"y"})
                 .output("y");
         }},
        {"batch_normalization_in_training", "the_BatchNormalization", "training mode",
         [](Builder& b) {
             b.input("x", {-1, 2})
                 .weight("c", {2}, {1, 1})
                 .node("BatchNormalization", {"x", "c", "c", "c", "c"}, {"y"})
                 .attribute("training_mode", int64_t{1})
                 .output("y");
         }},
        {"batch_normalization_of_computed", "the_BatchNormalization", "not constant",
         [](Builder& b) { two(b).node("BatchNormalization", {"x", "h", "h", "h", "h"}, {"y"}); }},
    };
    return forms;
}

const std::vector<Form>& refused_windows()
{
    static const std::vector<Form> forms{
        {"conv_3d", "the_Conv", "only 1-D and 2-D",
         [](Builder& b) { with_constant(b, "Conv", {-1, 1, 2, 2, 2}, {1, 1, 1, 1, 1}, {1}); }},
        {"conv_of_computed", "the_Conv", "not constant",
         [](Builder& b) {
             b.input("x", {1, 1, 2, 2}).node("Relu", {"x"}, {"w"}).node("Conv", {"x", "w"}, {"y"}).output("y");
         }},
        {"conv_with_another_auto_pad", "the_Conv", "auto_pad",
         [](Builder& b) {
             with_constant(b, "Conv", {-1, 1, 2, 2}, {1, 1, 1, 1}, {1}).attribute("auto_pad", std::string{"SAME"});
         }},
        {"conv_with_negative_pads", "the_Conv", "negative pad",
         [](Builder& b) {
             with_constant(b, "Conv", {-1, 1, 4, 4}, {1, 1, 1, 1}, {1}).attribute("pads", Ints{-1, 0, 0, 0});
         }},
        {"conv_larger_than_its_input", "the_Conv", "larger than the padded input",
         [](Builder& b) { with_constant(b, "Conv", {-1, 1, 1, 1}, {1, 1, 2, 1}, {1, 1}); }},
        {"conv_in_groups_that_do_not_divide", "the_Conv", "does not fit the input's channels",
         [](Builder& b) {
             with_constant(b, "Conv", {-1, 3, 2, 2}, {2, 1, 1, 1}, {1, 1}).attribute("group", int64_t{2});
         }},
        {"conv_transpose", "the_ConvTranspose", "not supported",
         [](Builder& b) { with_constant(b, "ConvTranspose", {-1, 1, 2, 2}, {1, 1, 1, 1}, {1}); }},
        {"dilated_max_pool", "the_MaxPool", "dilated",
         [](Builder& b) { pool(b, "MaxPool").attribute("dilations", Ints{2, 2}); }},
        {"dilated_average_pool", "the_AveragePool", "dilated",
         [](Builder& b) { pool(b, "AveragePool").attribute("dilations", Ints{2, 1}); }, 19},
        {"pool_with_negative_pads", "the_MaxPool", "negative pad",
         [](Builder& b) { pool(b, "MaxPool").attribute("pads", Ints{-1, 0, 0, 0}); }},
        {"pool_wholly_in_the_padding", "the_MaxPool", "wholly in the padding",
         [](Builder& b) { pool(b, "MaxPool").attribute("pads", Ints{2, 0, 0, 0}); }},
        {"pool_with_another_auto_pad", "the_AveragePool", "auto_pad",
         [](Builder& b) { pool(b, "AveragePool").attribute("auto_pad", std::string{"same"}); }},
        {"max_pool_with_indices", "the_MaxPool", "second output",
         [](Builder& b) {
             b.input("x", {-1, 1, 4, 4})
                 .node("MaxPool", {"x"}, {"y", "i"})
                 .attribute("kernel_shape", Ints{2, 2})
                 .output("y");
         }},
        {"pool_3d", "the_AveragePool", "only 1-D and 2-D",
         [](Builder& b) { unary(b, "AveragePool", {-1, 1, 2, 2, 2}).attribute("kernel_shape", Ints{1, 1, 1}); }},
        {"global_pool_3d", "the_GlobalAveragePool", "only 1-D and 2-D",
         [](Builder& b) { unary(b, "GlobalAveragePool", {-1, 1, 2, 2, 2}); }},
        {"global_pool_of_a_wide_plane", "the_GlobalAveragePool", "wider than 4096",
         [](Builder& b) { unary(b, "GlobalAveragePool", {-1, 1, 5000}); }},
        {"lp_pool", "the_LpPool", "not supported", [](Builder& b) { pool(b, "LpPool"); }},
        {"reduce_over_the_batch", "the_ReduceMean", "over the batch",
         [](Builder& b) { unary(b, "ReduceMean", {4, 3}).attribute("axes", Ints{0}); }},
        {"reduce_of_computed_axes", "the_ReduceSum", "at run time",
         [](Builder& b) { b.input("x", {-1, 3}).node("ReduceSum", {"x", "x"}, {"y"}).output("y"); }},
        {"reduce_max", "the_ReduceMax", "not supported", [](Builder& b) { unary(b, "ReduceMax", {-1, 3}); }},
    };
    return forms;
}

const std::vector<Form>& refused_layouts()
{
    static const std::vector<Form> forms{
        {"reflected_pad", "the_Pad", "only constant padding",
         [](Builder& b) { with_integers(b, "Pad", {-1, 4}, {0, 1, 0, 1}).attribute("mode", std::string{"reflect"}); }},
        {"edge_pad", "the_Pad", "only constant padding",
         [](Builder& b) { with_integers(b, "Pad", {-1, 4}, {0, 1, 0, 1}).attribute("mode", std::string{"edge"}); }},
        {"pad_of_computed", "the_Pad", "at run time",
         [](Builder& b) { b.input("x", {-1, 4}).node("Pad", {"x", "x"}, {"y"}).output("y"); }},
        {"pad_of_the_batch", "the_Pad", "the batch", [](Builder& b) { with_integers(b, "Pad", {2, 4}, {1, 0, 1, 0}); }},
        {"reshape_across_records", "the_Reshape", "mixes records",
         [](Builder& b) { with_integers(b, "Reshape", {2, 3}, {3, 2}); }},
        {"reshape_to_rank_6", "the_Reshape", "more than 4 dimensions",
         [](Builder& b) { with_integers(b, "Reshape", {-1, 32}, {-1, 2, 2, 2, 2, 2}); }},
        {"reshape_to_computed", "the_Reshape", "at run time",
         [](Builder& b) { b.input("x", {-1, 4}).node("Reshape", {"x", "x"}, {"y"}).output("y"); }},
        {"transpose_of_the_batch", "the_Transpose", "moves the batch",
         [](Builder& b) { unary(b, "Transpose", {2, 3}).attribute("perm", Ints{1, 0}); }},
        {"squeeze_of_more_than_1", "the_Squeeze", "is not 1",
         [](Builder& b) { with_integers(b, "Squeeze", {-1, 2}, {1}); }},
        {"expand_that_repeats", "the_Expand", "repeats elements",
         [](Builder& b) { with_integers(b, "Expand", {-1, 1}, {1, 3}); }},
        {"tile", "the_Tile", "not supported", [](Builder& b) { with_integers(b, "Tile", {-1, 2}, {1, 2}); }},
        {"slice_of_the_batch", "the_Slice", "cuts the batch",
         [](Builder& b) {
             b.input("x", {2, 4})
                 .integers("a", {0})
                 .integers("z", {1})
                 .node("Slice", {"x", "a", "z"}, {"y"})
                 .output("y");
         }},
        {"empty_slice", "the_Slice", "empty",
         [](Builder& b) {
             b.input("x", {-1, 4}).integers("a", {1}).node("Slice", {"x", "a", "a", "a"}, {"y"}).output("y");
         }},
        {"long_reversal", "the_Slice", "more than 256",
         [](Builder& b) {
             b.input("x", {-1, 300})
                 .integers("a", {-1})
                 .integers("z", {-1000})
                 .integers("d", {1})
                 .integers("s", {-1})
                 .node("Slice", {"x", "a", "z", "d", "s"}, {"y"})
                 .output("y");
         }},
        {"split_that_does_not_add_up", "the_Split", "do not add up",
         [](Builder& b) {
             b.input("x", {-1, 4})
                 .integers("n", {1, 2})
                 .node("Split", {"x", "n"}, {"y", "z"})
                 .attribute("axis", int64_t{1})
                 .output("y");
         }},
        {"concat_of_records", "the_Concat", "joins records",
         [](Builder& b) {
             b.input("x", {-1, 4}).node("Concat", {"x", "x"}, {"y"}).attribute("axis", int64_t{0}).output("y");
         }},
        {"gather_by_computed", "the_Gather", "not a constant number or list",
         [](Builder& b) { b.input("x", {-1, 4}).node("Gather", {"x", "x"}, {"y"}).output("y"); }},
        {"gather_out_of_range", "the_Gather", "out of range",
         [](Builder& b) { with_integers(b, "Gather", {-1, 4}, {9}).attribute("axis", int64_t{1}); }},
    };
    return forms;
}

const std::vector<Form>& refused_readings()
{
    static const std::vector<Form> forms{
        {"softmax_over_records", "the_Softmax", "records of a batch",
         [](Builder& b) { unary(b, "Softmax", {2, 3}).attribute("axis", int64_t{0}); }},
        {"softmax_over_one", "the_Softmax", "one class", [](Builder& b) { unary(b, "Softmax", {-1, 3, 1}); }},
        {"arg_max_over_one", "the_ArgMax", "one class",
         [](Builder& b) { unary(b, "ArgMax", {-1, 1}).attribute("axis", int64_t{1}); }},
        {"softmax_of_old_over_several", "the_Softmax", "several dimensions together",
         [](Builder& b) { unary(b, "Softmax", {-1, 2, 3}); }, 11},
        {"softmax_in_between", "the_Relu", "must be the last step", [](Builder& b) { after_softmax(b, "Relu"); }},
        {"log_of_softmax", "the_Log", "must be the last step", [](Builder& b) { after_softmax(b, "Log"); }},
        {"softmax_rearranged", "the_Reshape", "rearranges",
         [](Builder& b) {
             b.integers("n", {-1, 2, 2})
                 .input("x", {-1, 4})
                 .node("Softmax", {"x"}, {"p"})
                 .node("Reshape", {"p", "n"}, {"y"})
                 .output("y");
         }},
        {"softmax_to_integers", "the_Cast", "probabilities to an integer",
         [](Builder& b) { after_softmax(b, "Cast").attribute("to", int64_t{7}); }},
        {"softmax_by_another_norm", "the_Normalizer", "not L1",
         [](Builder& b) { after_softmax(b, "Normalizer", "ai.onnx.ml"); }},
        {"arg_max_along_other_than_the_classes", "the_ArgMax", "along the classes",
         [](Builder& b) {
             b.input("x", {-1, 2, 3})
                 .node("Softmax", {"x"}, {"p"})
                 .node("ArgMax", {"p"}, {"y"})
                 .attribute("axis", int64_t{1})
                 .output("y");
         }},
        {"arg_max_over_records", "the_ArgMax", "records of a batch", [](Builder& b) { unary(b, "ArgMax", {-1, 3}); }},
        {"arg_max_of_the_last", "the_ArgMax", "last of equal maxima",
         [](Builder& b) {
             unary(b, "ArgMax", {-1, 3}).attribute("axis", int64_t{1}).attribute("select_last_index", int64_t{1});
         }},
        {"arg_max_in_between", "the_Relu", "must be the last step",
         [](Builder& b) {
             b.input("x", {-1, 3})
                 .node("ArgMax", {"x"}, {"c"})
                 .attribute("axis", int64_t{1})
                 .node("Relu", {"c"}, {"y"})
                 .output("y");
         }},
        {"normalizer", "the_Normalizer", "by their norm",
         [](Builder& b) { unary(b, "Normalizer", {-1, 3}, "ai.onnx.ml"); }},
    };
    return forms;
}

const std::vector<Form>& refused_classifiers()
{
    static const std::vector<Form> forms{
        {"label_encoder_to_numbers", "the_LabelEncoder", "neither text nor integer",
         [](Builder& b) {
             b.input("x", {-1, 3})
                 .node("ArgMax", {"x"}, {"c"})
                 .attribute("axis", int64_t{1})
                 .node("LabelEncoder", {"c"}, {"y"}, "ai.onnx.ml")
                 .output("y");
         }},
        {"classifier_by_probit", "the_LinearClassifier", "post_transform",
         [](Builder& b) {
             unary(b, "LinearClassifier", {-1, 2}, "ai.onnx.ml")
                 .attribute("coefficients", std::vector<float>{1, 2})
                 .attribute("classlabels_ints", Ints{0, 1})
                 .attribute("post_transform", std::string{"PROBIT"});
         }},
        {"regressor_by_softmax", "the_LinearRegressor", "post_transform",
         [](Builder& b) {
             unary(b, "LinearRegressor", {-1, 2}, "ai.onnx.ml")
                 .attribute("coefficients", std::vector<float>{1, 2})
                 .attribute("post_transform", std::string{"SOFTMAX"});
         }},
        {"tree_ensemble", "the_TreeEnsembleClassifier", "not supported",
         [](Builder& b) { unary(b, "TreeEnsembleClassifier", {-1, 2}, "ai.onnx.ml"); }},
    };
    return forms;
}

/// Refusals of the model as a whole: they name the input, or nothing.
const std::vector<Form>& refused_models()
{
    static const std::vector<Form> forms{
        {"integer_input", "x", "not float or double",
         [](Builder& b) { b.input("x", {-1, 2}, 7).node("Relu", {"x"}, {"y"}).output("y"); }},
        {"half_input", "x", "not float or double",
         [](Builder& b) { b.input("x", {-1, 2}, 10).node("Relu", {"x"}, {"y"}).output("y"); }},
        {"two_inputs", "", "exactly one",
         [](Builder& b) { b.input("x", {-1, 2}).input("z", {-1, 2}).node("Add", {"x", "z"}, {"y"}).output("y"); }},
        {"open_second_dimension", "x", "fixed shape", [](Builder& b) { unary(b, "Relu", {-1, -1}); }},
        {"input_of_rank_5", "x", "1 to 4 dimensions", [](Builder& b) { unary(b, "Relu", {-1, 2, 2, 2, 2, 2}); }},
        {"output_of_nothing", "", "does not depend on the input", [](Builder& b) { unary(b, "Shape", {-1, 2}); }},
        {"opset_of_the_future", "", "opset from 9 to 21", [](Builder& b) { unary(b, "Relu", {-1, 2}); }, 99},
    };
    return forms;
}

} // namespace onnx::testing
