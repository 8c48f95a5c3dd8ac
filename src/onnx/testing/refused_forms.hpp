#pragma once

#include "onnx/testing/builder.hpp"

#include <vector>

/// Models that import refuses, one for each form that docs/specs/model.md section 6 names.
namespace onnx::testing {

struct Form
{
    const char* name;
    const char* node;  ///< that the refusal names; for the model as a whole its input, or nothing
    const char* words; ///< part of the refusal
    void (*build)(Builder&);
    int64_t opset = 17;
};

const std::vector<Form>& refused_arithmetic();
const std::vector<Form>& refused_products();
const std::vector<Form>& refused_windows();
const std::vector<Form>& refused_layouts();
const std::vector<Form>& refused_readings();
const std::vector<Form>& refused_classifiers();
const std::vector<Form>& refused_models(); ///< for what is wrong with the model as a whole

} // namespace onnx::testing
