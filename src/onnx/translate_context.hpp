#pragma once

#include "onnx/fold.hpp"
#include "onnx/translate.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <variant>

/// What the operator handlers of translate() share. Not for other users.
namespace onnx::detail {

/// function(tensor), not yet computed: functions compose until something needs the tensor itself.
struct Activation
{
    TensorId tensor = 0;
    Scalar function;
    Dims dims; ///< as ONNX sees it, batch included
};

/// A value that is read off `logits` outside the proof: class probabilities or the class itself.
struct Reader
{
    TensorId logits = 0;
    model::Reading reading = model::Reading::softmax;
    bool is_class = false;
    Dims dims; ///< of the probabilities, or of what the class was chosen from
    std::vector<std::string> labels;
    size_t axis = 1; ///< of `dims`: the classes
};

/// The result of an operator that is not supported.
struct Unknown
{
};

/// TensorProto.DataType of what is read as float: float, half, double, bfloat16.
inline constexpr std::array<int64_t, 4> kFloatTypes{1, 10, 11, 16};

using Constant = std::shared_ptr<const Array>;
using Value = std::variant<Unknown, Constant, Activation, Reader>;

/// Why an operator is not supported, in words.
using Done = std::expected<void, std::string>;
inline std::unexpected<std::string> refuse(std::string words) { return std::unexpected(std::move(words)); }

class Context
{
public:
    Context(const Source& source, const TranslateOptions& options) : source_(source), options_(options)
    {
        for (const auto& [name, array] : source.constants)
            given += int64_t(array.size());
    }

    /// Defines the graph's input. Errors: its rank or size
    Done begin(const Declared& input);

    const Source& source() const { return source_; }
    const TranslateOptions& options() const { return options_; }
    FloatGraph& graph() { return out.graph; }

    // ---- values ----
    Value* find(const std::string& name);
    Value* input(const Operator& op, size_t i);
    const Array* constant(const Operator& op, size_t i);
    Activation* activation(const Operator& op, size_t i);
    /// Constant inputs by position, nullptr for the others.
    std::vector<const Array*> constants(const Operator& op);
    void set(const Operator& op, size_t i, Value value);
    void set(const Operator& op, size_t i, Array value) { set(op, i, std::make_shared<const Array>(std::move(value))); }

    // ---- shapes: ONNX counts the batch, the graph does not ----
    /// Nothing for ranks, sizes or batches that the graph cannot hold.
    std::optional<Shape> shape_of(const Dims& dims) const;
    /// The graph's dimension for an ONNX axis; nothing for the batch.
    std::optional<uint32_t> axis_of(const Dims& dims, int64_t axis) const;
    /// True if the first dimension is exactly the batch.
    bool has_batch(const Dims& dims) const { return batch_ != 0 && !dims.empty() && dims[0] == batch_; }
    /// Dimensions in front of the graph's: 1 if has_batch.
    size_t lead(const Dims& dims) const { return has_batch(dims) ? 1 : 0; }
    int64_t batch() const { return batch_; }

    // ---- building ----
    TensorId new_tensor(const std::string& name, Shape shape);
    WeightId new_weight(const std::string& name, Shape shape, std::vector<float> values);
    /// Computes an activation's function, so that `tensor` alone is the value.
    TensorId materialise(Activation& value, const std::string& name);
    /// The value as function of a tensor further back, if it was materialised from one.
    std::optional<Activation> origin(const Activation& value) const;
    /// Adds a linear node whose output has ONNX shape `dims`. Errors: the shape
    std::expected<Activation, std::string> linear(FloatLinear node, const Dims& dims);
    template <typename Node>
    std::expected<Activation, std::string> add(Node node, const std::string& name, const Dims& dims)
    {
        const auto shape = shape_of(dims);
        if (!shape)
            return refuse(kShapeWords);
        node.output = new_tensor(name, *shape);
        graph().nodes.push_back(node);
        return Activation{node.output, {}, dims};
    }
    /// The tensor read in another shape; no node if the graph's shape stays.
    std::expected<Activation, std::string> reshape(Activation& value, const std::string& name, const Dims& dims);

    static constexpr const char* kShapeWords =
        "its result mixes records of a batch, or has more than 4 dimensions or 2^24 elements";

    /// Elements of constants: in the file, and computed from such, bounded in translate.cpp.
    int64_t given = 0, folded = 0;
    Translated out;
    std::optional<Error> fatal; ///< ends the import

private:
    const Source& source_;
    const TranslateOptions& options_;
    std::map<std::string, Value, std::less<>> values_;
    std::map<TensorId, Activation> origins_;
    uint64_t elements_ = 0, weights_ = 0;
    int64_t batch_ = 1; ///< records that the ONNX shapes count; 0 if they count none
};

using Handler = Done (*)(Context&, const Operator&);

/// Handlers by operator, one table for each file. An ai.onnx.ml operator's key has its domain in front.
const std::map<std::string_view, Handler>& elementwise_handlers();
const std::map<std::string_view, Handler>& linear_handlers();
const std::map<std::string_view, Handler>& pool_handlers();
const std::map<std::string_view, Handler>& layout_handlers();
const std::map<std::string_view, Handler>& select_handlers();
const std::map<std::string_view, Handler>& reading_handlers();
/// What may follow a value that is read outside the proof.
const std::map<std::string_view, Handler>& after_reading_handlers();

/// Who chooses the pads of a window: the attribute `pads`, or a rule.
enum class AutoPad : uint8_t
{
    notset,
    valid,
    same_upper,
    same_lower,
};
std::expected<AutoPad, std::string> auto_pad_of(const Operator& op);

/// Refuses NaN and infinities with the node's name: sets context.fatal and returns the words.
Done require_finite(Context& context, const Operator& op, const Array& array);

/// The one value of a constant all of whose elements are equal.
std::optional<double> uniform(const Array& array);

/// function(value); a function that becomes too long is computed in two steps.
Activation composed(Context& context, const Operator& op, Activation& value, const Scalar& function);

/// primitive(value, array), or primitive(array, value) if the constant comes first.
std::expected<Activation, std::string> with_constant(Context& context, const Operator& op, Primitive primitive,
                                                     Activation& value, const Array& array, bool constant_first);

/// Adds the constant to the value: uniform, by channel, or by element.
std::expected<Activation, std::string> add_constant(Context& context, const Operator& op, Activation& value,
                                                    const Array& array, double sign);

/// factor·value + offset with factors and offsets along graph dimension `axis`.
std::expected<Activation, std::string> scale_channels(Context& context, const Operator& op, Activation& value,
                                                      std::vector<double> factor, std::vector<double> offset,
                                                      uint32_t axis);

/// value · weightᵀ + bias over the last ONNX dimension; weight (N, K) row-major.
std::expected<Activation, std::string> dense(Context& context, const Operator& op, Activation& value, int64_t rows,
                                             std::vector<float> weight, std::vector<double> bias);

/// ONNX dimensions after a Reshape, Flatten, Squeeze or Unsqueeze of a value with dimensions `from`.
std::expected<Dims, std::string> view_of(Context& context, const Operator& op, const Dims& from);

/// The value with its ONNX dimensions permuted.
std::expected<Activation, std::string> permute(Context& context, const std::string& name, Activation& value,
                                               const std::vector<size_t>& perm);

/// The positions start + step·i of the value, steps positive.
std::expected<Activation, std::string> slice(Context& context, const std::string& name, Activation& value,
                                             const Slicing& slicing);

/// The values one after another along an ONNX axis.
std::expected<Activation, std::string> join(Context& context, const std::string& name, std::vector<Activation> parts,
                                            int64_t axis);

} // namespace onnx::detail
