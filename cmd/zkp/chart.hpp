#pragma once

#include <string>
#include <utility>
#include <vector>

/// Lines over two axes, as SVG and as CSV.
namespace cmd {

/// From 0 to `max`, with a tick at each `step`.
struct Axis
{
    std::string label;
    double max = 100, step = 20;
};

struct Line
{
    std::string name;
    std::vector<std::pair<double, double>> points; ///< x and y, x rising
};

struct Chart
{
    std::string title; ///< names and labels are ours: nothing in them is escaped
    Axis x, y;
    std::vector<Line> lines;   ///< at most kLinesMax
    std::vector<double> marks; ///< heights of thin lines across
};

inline constexpr size_t kLinesMax = 7;

/// A picture of its own: no script, no font, no other file.
std::string svg(const Chart& chart);

/// A number with so many digits after the point.
std::string fixed(double number, int digits);

} // namespace cmd
