#pragma once

#include "model/graph.hpp"

#include <utility>

/// Test support: one fixed model with every kind of node and term but a grouped convolution.
namespace model::testing {

/// y = clamp(q, lo, hi) for q in [−size/2, size/2).
inline Table clamp_table(int32_t size, int32_t lo, int32_t hi)
{
    Table table{.lo = -size / 2};
    for (auto q = table.lo; q != table.lo + size; ++q)
        table.values.push_back(int16_t(q < lo ? lo : q > hi ? hi : q));
    return table;
}

/// Nodes: 0 conv, 1 max pool, 2 scale + window, 3 slice, 4 pad, 5 concat, 6 transpose, 7 reshape, 8 dense.
/// Node i defines tensor i + 1. Meets R1 to R3.
inline Model small_model()
{
    const Range byte{0, 255}, sign{-128, 127};
    Model model;
    auto& graph = model.graph;
    graph.tensors = {
        {"input", {2, 4, 4}, byte, 0.5},          {"conv", {3, 4, 4}, byte, 0.25},   {"pool", {3, 2, 2}, byte, 0.25},
        {"sum", {3, 2, 2}, sign, 0.125},          {"slice", {3, 1, 2}, sign, 0.125}, {"pad", {3, 2, 2}, sign, 0.125},
        {"concat", {6, 2, 2}, sign, 0.125},       {"moved", {2, 2, 6}, sign, 0.125}, {"flat", {24}, sign, 0.125},
        {"logits", {4}, {-32768, 32767}, 0.0625},
    };
    graph.weights = {{{3, 2, 3, 3}, {-10, 10}}, {{4, 24}, {-9, 12}}};
    graph.biases = {{{3}, {-100, 100}}, {{4}, {0, 50}}};

    Linear conv{.terms = {Conv{.input = 0, .weight = 0, .pad = {1, 1}}}, .bias = 0, .shifts = {7}};
    conv.table = clamp_table(512, 0, 255);
    conv.output = 1;
    Linear sum{.terms = {Scale{.input = 2, .multiplier = -2},
                         Window{.input = 1, .kernel = {2, 2}, .stride = {2, 2}, .row = {1, 2}, .col = {3, 1}}},
               .shifts = {4, 5, 6}};
    sum.table = clamp_table(800, -128, 127);
    sum.output = 3;
    Linear dense{.terms = {Dense{.input = 8, .weight = 1}}, .bias = 1, .shifts = {6}};
    dense.table = clamp_table(600, -32768, 32767);
    dense.output = 9;

    graph.nodes = {conv,
                   MaxPool{.input = 1, .kernel = {2, 2}, .stride = {2, 2}, .output = 2},
                   sum,
                   Slice{.input = 3, .start = {0, 1, 0}, .step = {1, 2, 1}, .output = 4},
                   Pad{.input = 4, .begin = {0, 1, 0}, .value = -7, .output = 5},
                   Concat{.inputs = {3, 5}, .axis = 0, .output = 6},
                   Transpose{.input = 6, .perm = {1, 2, 0}, .output = 7},
                   Reshape{.input = 7, .output = 8},
                   dense};
    graph.input = 0;
    graph.output = 9;
    graph.encoding = {{0.5, 0.25}, {-1, 2}};
    graph.reading = Reading::argmax;
    graph.labels = {"one", "two", "three", "four"};

    model.weights = {{std::vector<int16_t>(54), std::vector<int16_t>(96)}, {{-100, 0, 100}, {0, 50, 7, 1}}};
    for (size_t i = 0; i != 54; ++i)
        model.weights.weights[0][i] = int16_t(int(i * 7 % 21) - 10);
    for (size_t i = 0; i != 96; ++i)
        model.weights.weights[1][i] = int16_t(int(i * 5 % 22) - 9);
    return model;
}

} // namespace model::testing
