#include "onnx/scalar.hpp"

#include "base/invariant.hpp"
#include "onnx/array.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace onnx {
namespace {

double clip(double x, double lo, double hi) { return std::fmin(std::fmax(x, lo), hi); }

double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double transcendental(Primitive primitive, double x)
{
    switch (primitive)
    {
    case Primitive::sigmoid:
        return 1 / (1 + std::exp(-x));
    case Primitive::tanh:
        return std::tanh(x);
    case Primitive::erf:
        return std::erf(x);
    case Primitive::exp:
        return std::exp(x);
    case Primitive::log:
        return std::log(x);
    case Primitive::sqrt:
        return std::sqrt(x);
    case Primitive::softplus:
        return softplus(x);
    case Primitive::sin:
        return std::sin(x);
    case Primitive::cos:
        return std::cos(x);
    case Primitive::tan:
        return std::tan(x);
    case Primitive::asin:
        return std::asin(x);
    case Primitive::acos:
        return std::acos(x);
    case Primitive::atan:
        return std::atan(x);
    case Primitive::sinh:
        return std::sinh(x);
    case Primitive::cosh:
        return std::cosh(x);
    case Primitive::asinh:
        return std::asinh(x);
    case Primitive::acosh:
        return std::acosh(x);
    case Primitive::atanh:
        return std::atanh(x);
    default:
        base::invariant(false);
        return 0;
    }
}

double apply(Primitive primitive, double x, double y, double p, double q)
{
    switch (primitive)
    {
    case Primitive::affine:
        return p * x + q;
    case Primitive::relu:
        return std::fmax(x, 0);
    case Primitive::leaky:
        return x < 0 ? p * x : x;
    case Primitive::clip:
        return clip(x, p, q);
    case Primitive::threshold:
        return x > p ? x : 0;
    case Primitive::reciprocal:
        return 1 / x;
    case Primitive::abs:
        return std::fabs(x);
    case Primitive::elu:
        return x < 0 ? p * std::expm1(x) : x;
    case Primitive::selu:
        return q * (x < 0 ? p * std::expm1(x) : x);
    case Primitive::celu:
        return x < 0 ? p * std::expm1(x / p) : x;
    case Primitive::softsign:
        return x / (1 + std::fabs(x));
    case Primitive::shrink:
        return x < -p ? x + q : x > p ? x - q : 0;
    case Primitive::floor:
        return std::floor(x);
    case Primitive::ceil:
        return std::ceil(x);
    case Primitive::round:
        return std::nearbyint(x);
    case Primitive::sign:
        return double((x > 0) - (x < 0));
    case Primitive::power:
        return std::pow(x, p);
    case Primitive::exponential:
        return std::pow(p, x);
    case Primitive::add:
        return x + y;
    case Primitive::subtract:
        return x - y;
    case Primitive::multiply:
        return x * y;
    case Primitive::divide:
        return x / y;
    case Primitive::maximum:
        return std::fmax(x, y);
    case Primitive::minimum:
        return std::fmin(x, y);
    case Primitive::greater:
        return x > y ? 1 : 0;
    case Primitive::less:
        return x < y ? 1 : 0;
    case Primitive::greater_equal:
        return x >= y ? 1 : 0;
    case Primitive::less_equal:
        return x <= y ? 1 : 0;
    case Primitive::where:
        return x != 0 ? y : 0;
    case Primitive::where_not:
        return x != 0 ? 0 : y;
    default:
        return transcendental(primitive, x);
    }
}

} // namespace

Scalar Scalar::affine(double factor, double offset)
{
    Scalar f;
    f.factor_ = factor;
    f.offset_ = offset;
    return f;
}

Scalar Scalar::then(Primitive primitive, double p, double q) const
{
    Scalar f = *this;
    if (primitive == Primitive::affine && is_affine())
    {
        f.factor_ = p * factor_;
        f.offset_ = p * offset_ + q;
        return f;
    }
    const auto last = uint32_t(steps_.size());
    f.steps_.push_back({primitive, last, last, p, q});
    return f;
}

Scalar Scalar::then(const Scalar& g) const
{
    Scalar f = *this;
    if (g.factor_ != 1 || g.offset_ != 0)
        f = f.then(Primitive::affine, g.factor_, g.offset_);
    // g's argument is f's last result.
    const auto base = uint32_t(f.steps_.size());
    for (auto step : g.steps_)
    {
        step.x += base;
        step.y += base;
        f.steps_.push_back(step);
    }
    return f;
}

Scalar Scalar::combine(Primitive primitive, const Scalar& f, const Scalar& g)
{
    const bool shared = f.factor_ == g.factor_ && f.offset_ == g.offset_;
    Scalar h;
    if (shared)
    {
        h.factor_ = f.factor_;
        h.offset_ = f.offset_;
    }
    const auto append = [&](const Scalar& part) {
        uint32_t argument = 0;
        if (!shared)
        {
            h.steps_.push_back({Primitive::affine, 0, 0, part.factor_, part.offset_});
            argument = uint32_t(h.steps_.size());
        }
        // Step i of the part is step base + i here; its argument 0 is `argument`.
        const auto base = uint32_t(h.steps_.size());
        for (auto step : part.steps_)
        {
            step.x = step.x == 0 ? argument : step.x + base;
            step.y = step.y == 0 ? argument : step.y + base;
            h.steps_.push_back(step);
        }
        return part.steps_.empty() ? argument : uint32_t(h.steps_.size());
    };
    const auto x = append(f);
    const auto y = append(g);
    h.steps_.push_back({primitive, x, y, 0, 0});
    return h;
}

double Scalar::operator()(double x) const
{
    if (steps_.empty())
        return factor_ * x + offset_;
    std::vector<double> values;
    values.reserve(steps_.size() + 1);
    values.push_back(factor_ * x + offset_);
    for (const auto& step : steps_)
        values.push_back(apply(step.primitive, values[step.x], values[step.y], step.p, step.q));
    return values.back();
}

bool Scalar::is_monotone() const
{
    constexpr auto kMonotone =
        std::to_array({Primitive::relu, Primitive::clip, Primitive::sigmoid, Primitive::tanh, Primitive::erf,
                       Primitive::exp, Primitive::softplus, Primitive::softsign, Primitive::floor, Primitive::ceil,
                       Primitive::round, Primitive::sign, Primitive::atan, Primitive::sinh, Primitive::asinh});
    constexpr auto kMonotoneIfPositive =
        std::to_array({Primitive::affine, Primitive::leaky, Primitive::elu, Primitive::celu});
    if (factor_ < 0)
        return false;
    for (size_t i = 0; i != steps_.size(); ++i)
    {
        const auto& step = steps_[i];
        const bool is_chain = step.x == i && step.y == i;
        const bool is_plain = contains(kMonotone, step.primitive);
        const bool is_positive = contains(kMonotoneIfPositive, step.primitive) && step.p > 0;
        if (!is_chain || (!is_plain && !is_positive))
            return false;
    }
    return true;
}

bool Scalar::is_piecewise_linear() const
{
    constexpr auto kStraight =
        std::to_array({Primitive::affine, Primitive::relu, Primitive::leaky, Primitive::clip, Primitive::abs,
                       Primitive::add, Primitive::subtract, Primitive::maximum, Primitive::minimum});
    return std::ranges::all_of(steps_, [&](const Step& s) { return contains(kStraight, s.primitive); });
}

Scalar Scalar::without_affine() const
{
    Scalar f = *this;
    f.factor_ = 1;
    f.offset_ = 0;
    return f;
}

} // namespace onnx
