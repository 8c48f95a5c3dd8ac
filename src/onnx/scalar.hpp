#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace onnx {

/// Primitive functions of one or two numbers. p and q are constants of the step; x, y its arguments.
enum class Primitive : uint8_t
{
    affine, ///< p·x + q
    relu,
    leaky,     ///< x < 0 ? p·x : x
    clip,      ///< min(max(x, p), q)
    threshold, ///< x > p ? x : 0
    sigmoid,
    tanh,
    erf,
    exp,
    log,
    sqrt,
    reciprocal,
    abs,
    elu,      ///< x < 0 ? p·(eˣ − 1) : x
    selu,     ///< q·(x < 0 ? p·(eˣ − 1) : x)
    celu,     ///< max(0, x) + min(0, p·(e^(x/p) − 1))
    softplus, ///< ln(1 + eˣ)
    softsign, ///< x / (1 + |x|)
    shrink,   ///< x < −p ? x + q : x > p ? x − q : 0
    floor,
    ceil,
    round, ///< half to even
    sign,
    sin,
    cos,
    tan,
    asin,
    acos,
    atan,
    sinh,
    cosh,
    asinh,
    acosh,
    atanh,
    power,         ///< x^p
    exponential,   ///< p^x
    add,           ///< x + y
    subtract,      ///< x − y
    multiply,      ///< x·y
    divide,        ///< x / y
    maximum,       ///< max(x, y)
    minimum,       ///< min(x, y)
    greater,       ///< x > y ? 1 : 0
    less,          ///< x < y ? 1 : 0
    greater_equal, ///< x ≥ y ? 1 : 0
    less_equal,    ///< x ≤ y ? 1 : 0
    where,         ///< x ≠ 0 ? y : 0, whatever y is
    where_not,     ///< x ≠ 0 ? 0 : y, whatever y is
};

/// A function of one real number: first the affine map, then a straight-line program.
///
/// Chains of one-input operators and their combinations (x·sigmoid(x), 0.5·x·(1 + erf(x/√2))) all become one such
/// function, hence one activation table.
class Scalar
{
public:
    static constexpr size_t kStepsMax = 64; ///< callers start a new function beyond this

    Scalar() = default;
    static Scalar affine(double factor, double offset);
    static Scalar of(Primitive primitive, double p = 0, double q = 0) { return Scalar{}.then(primitive, p, q); }

    /// primitive(f(x)), with constants p and q.
    Scalar then(Primitive primitive, double p = 0, double q = 0) const;
    /// g(f(x)).
    Scalar then(const Scalar& g) const;
    /// primitive(f(x), g(x)).
    static Scalar combine(Primitive primitive, const Scalar& f, const Scalar& g);

    double operator()(double x) const;

    bool is_affine() const { return steps_.empty(); }
    bool is_identity() const { return is_affine() && factor_ == 1 && offset_ == 0; }
    /// Non-decreasing by construction (not every such function is recognised): it then commutes with maxima.
    bool is_monotone() const;
    /// Made of straight pieces: rounding its argument to the output's step costs no more than rounding its value.
    bool is_piecewise_linear() const;

    double factor() const { return factor_; }
    double offset() const { return offset_; }
    size_t size() const { return steps_.size(); }
    /// The function without its affine map.
    Scalar without_affine() const;

    friend bool operator==(const Scalar&, const Scalar&) = default;

private:
    struct Step
    {
        Primitive primitive;
        uint32_t x, y; ///< 0 is the argument after the affine map, i the result of step i − 1
        double p, q;
        friend bool operator==(const Step&, const Step&) = default;
    };

    double factor_ = 1, offset_ = 0;
    std::vector<Step> steps_;
};

} // namespace onnx
