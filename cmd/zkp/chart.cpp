#include "chart.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace cmd {
namespace {

// All in pixels.
constexpr double kWidth = 900, kHeight = 480, kLeft = 70, kTop = 50, kRight = 600, kBottom = 420;
constexpr double kLegendLeft = 620, kLegendStep = 24, kLegendSample = 32, kTick = 5;

/// Colours that the colour-blind can tell apart (Okabe and Ito 2008), and dashes for print without colours.
struct Style
{
    const char *colour, *dash;
};
constexpr std::array<Style, kLinesMax> kStyles{{{"#0072B2", "none"},
                                                {"#D55E00", "none"},
                                                {"#009E73", "8 4"},
                                                {"#CC79A7", "2 3"},
                                                {"#56B4E9", "10 3 2 3"},
                                                {"#E69F00", "4 4"},
                                                {"#000000", "1 4"}}};

struct Frame
{
    Axis x, y;

    double across(double value) const { return kLeft + (kRight - kLeft) * std::min(value, x.max) / x.max; }
    double up(double value) const { return kBottom - (kBottom - kTop) * std::min(value, y.max) / y.max; }
};

std::string at(const char* name, double value) { return std::string(" ") + name + "=\"" + fixed(value, 1) + "\""; }

std::string line(double x1, double y1, double x2, double y2, const std::string& stroke)
{
    return "<line" + at("x1", x1) + at("y1", y1) + at("x2", x2) + at("y2", y2) + " " + stroke + "/>\n";
}

std::string text(double x, double y, const std::string& more, const std::string& words)
{
    return "<text" + at("x", x) + at("y", y) + " " + more + ">" + words + "</text>\n";
}

std::string axes(const Frame& frame)
{
    const std::string thin = "stroke=\"#dddddd\"", black = "stroke=\"#333333\"";
    std::string out;
    for (int i = 0; i * frame.x.step <= frame.x.max; ++i)
    {
        const double x = frame.across(i * frame.x.step);
        out += line(x, kTop, x, kBottom, thin) + line(x, kBottom, x, kBottom + kTick, black) +
               text(x, kBottom + 20, "text-anchor=\"middle\"", fixed(i * frame.x.step, 0));
    }
    for (int i = 0; i * frame.y.step <= frame.y.max; ++i)
    {
        const double y = frame.up(i * frame.y.step);
        out += line(kLeft, y, kRight, y, thin) + line(kLeft - kTick, y, kLeft, y, black) +
               text(kLeft - 10, y + 4, "text-anchor=\"end\"", fixed(i * frame.y.step, 0));
    }
    out += line(kLeft, kBottom, kRight, kBottom, black) + line(kLeft, kTop, kLeft, kBottom, black);
    out += text((kLeft + kRight) / 2, kBottom + 44, "text-anchor=\"middle\"", frame.x.label);
    const double middle = (kTop + kBottom) / 2;
    out +=
        text(20, middle, "text-anchor=\"middle\" transform=\"rotate(-90 20 " + fixed(middle, 1) + ")\"", frame.y.label);
    return out;
}

std::string stroke_of(const Style& style)
{
    return std::string("fill=\"none\" stroke-width=\"2.2\" stroke=\"") + style.colour + "\" stroke-dasharray=\"" +
           style.dash + "\"";
}

} // namespace

std::string fixed(double number, int digits)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, number);
    return text.data();
}

std::string svg(const Chart& chart)
{
    base::invariant(chart.lines.size() <= kLinesMax);
    const Frame frame{chart.x, chart.y};
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + fixed(kWidth, 0) + " " +
                      fixed(kHeight, 0) + "\" width=\"" + fixed(kWidth, 0) + "\" height=\"" + fixed(kHeight, 0) +
                      "\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#222222\">\n"
                      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" +
                      text(kLeft, 28, "font-size=\"16\" font-weight=\"bold\"", chart.title) + axes(frame);
    for (const auto mark : chart.marks)
        out += line(kLeft, frame.up(mark), kRight, frame.up(mark), "stroke=\"#888888\" stroke-dasharray=\"3 3\"");
    double legend = kTop + 10;
    for (size_t i = 0; i != chart.lines.size(); ++i)
    {
        const auto stroke = stroke_of(kStyles[i]);
        std::string points = "<polyline points=\"";
        for (const auto& [x, y] : chart.lines[i].points)
            points += fixed(frame.across(x), 1) + "," + fixed(frame.up(y), 1) + " ";
        out += points.append("\" ").append(stroke).append("/>\n");
        out += line(kLegendLeft, legend, kLegendLeft + kLegendSample, legend, stroke) +
               text(kLegendLeft + kLegendSample + 8, legend + 4, "", chart.lines[i].name);
        legend += kLegendStep;
    }
    return out + "</svg>\n";
}

} // namespace cmd
