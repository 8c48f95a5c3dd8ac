#include "poly/ntt.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"
#include "field/isa.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <numeric>
#include <vector>

// A polynomial of degree < m, modulo x^m − c², falls into its two halves' combination modulo x^(m/2) ∓ c:
//
//     a + x^(m/2)·b   ↦   a + c·b   (mod x^(m/2) − c),   a − c·b   (mod x^(m/2) + c).
//
// From x^n − 3ⁿ down to x − point this is a binary tree; node j of the level with blocks of m rows has
// c = 3^(m/2)·T[j], where T[j] = ω^bitrev(j) with the bits of j counted so that T does not depend on the level:
// bit i of j contributes the 2^(i+2)-th root of unity. All rows of a block share c, and the blocks end in order.
namespace poly {
namespace {

constexpr size_t kBlockWords = size_t{1} << 16; // 256 KiB: what a core's second-level cache keeps
constexpr size_t kStripWords = size_t{1} << 15; // buffer of one strip

const uint32_t* words(const KoalaBear* elements) { return reinterpret_cast<const uint32_t*>(elements); }
uint32_t* words(KoalaBear* elements) { return reinterpret_cast<uint32_t*>(elements); }

/// T[0 … 2^log_size), computed at first use and kept.
std::span<const KoalaBear> twiddles(uint32_t log_size)
{
    static std::array<std::once_flag, KoalaBear::kTwoAdicity> once;
    static std::array<std::vector<KoalaBear>, KoalaBear::kTwoAdicity> tables;
    base::invariant(log_size < tables.size());
    auto& table = tables[log_size];
    std::call_once(once[log_size], [&] {
        table.resize(size_t{1} << log_size);
        table[0] = KoalaBear::one();
        for (uint32_t bit = 0; bit != log_size; ++bit)
        {
            const auto size = size_t{1} << bit;
            const auto root = KoalaBear::root_of_unity(bit + 2);
            for (size_t j = 0; j != size; ++j)
                table[size + j] = table[j] * root;
        }
    });
    return table;
}

/// 3^(2^i).
constexpr auto kShifts = [] {
    std::array<KoalaBear, KoalaBear::kTwoAdicity> shifts;
    shifts[0] = KoalaBear{KoalaBear::kGenerator};
    for (size_t i = 1; i != shifts.size(); ++i)
        shifts[i] = shifts[i - 1] * shifts[i - 1];
    return shifts;
}();

/// The first `levels` levels below `node`, of blocks of 2^log_rows rows; `data` has 2^levels rows of `width` words,
/// each of them 2^(log_rows − levels) rows in one, or a strip of that.
void split(KoalaBear* data, uint32_t log_rows, uint32_t levels, size_t width, size_t node,
           std::span<const KoalaBear> table)
{
    field::kernels().transform(words(data), levels, width, node, words(table.data()),
                               words(kShifts.data() + (log_rows - levels)));
}

/// One encoding. Since n may exceed the number of coefficients, the tree starts n / 2^log_rows wide: above that every
/// node has the coefficients unchanged.
struct Encoding
{
    std::span<const KoalaBear> coefficients;
    size_t width;
    uint32_t log_rows;
    std::span<const KoalaBear> table;
    std::span<KoalaBear> out;

    size_t copy_words() const { return width << log_rows; }

    /// Coefficient words [from, from + size), zeros where there are none.
    void load(KoalaBear* to, size_t from, size_t size) const
    {
        const auto begin = std::min(from, coefficients.size()), end = std::min(from + size, coefficients.size());
        std::fill(std::copy(coefficients.begin() + begin, coefficients.begin() + end, to), to + size, KoalaBear{});
    }

    void whole_copy(size_t node) const
    {
        KoalaBear* block = out.data() + node * copy_words();
        load(block, 0, copy_words());
        split(block, log_rows, log_rows, width, node, table);
    }

    /// The first `levels` levels of one copy, for a strip of columns of the matrix that has 2^levels long rows.
    void strip(size_t node, uint32_t levels, size_t offset, size_t size, std::vector<KoalaBear>& buffer) const
    {
        const auto long_row = copy_words() >> levels, rows = size_t{1} << levels;
        buffer.resize(rows * size);
        for (size_t i = 0; i != rows; ++i)
            load(buffer.data() + i * size, i * long_row + offset, size);
        split(buffer.data(), log_rows, levels, size, node, table);
        for (size_t i = 0; i != rows; ++i)
            std::copy_n(buffer.data() + i * size, size, out.data() + node * copy_words() + i * long_row + offset);
    }

    void run() const
    {
        const auto copies = out.size() / copy_words();
        if (copy_words() <= kBlockWords)
            return base::parallel(copies, 1, [&](size_t begin, size_t end) {
                for (size_t node = begin; node != end; ++node)
                    whole_copy(node);
            });

        // A block that no cache holds goes through memory twice: strips first, then blocks that fit.
        const auto levels = std::min(log_rows, uint32_t(std::bit_width((copy_words() - 1) / kBlockWords)));
        const auto long_row = copy_words() >> levels;
        const auto size = std::gcd(std::max(kStripWords >> levels, kWidthStep), long_row);
        const auto strips = long_row / size;
        base::parallel(copies * strips, 1, [&](size_t begin, size_t end) {
            std::vector<KoalaBear> buffer;
            for (size_t i = begin; i != end; ++i)
                strip(i / strips, levels, i % strips * size, size, buffer);
        });
        base::parallel(copies << levels, 1, [&](size_t begin, size_t end) {
            for (size_t node = begin; node != end; ++node)
                split(out.data() + node * long_row, log_rows - levels, log_rows - levels, width, node, table);
        });
    }
};

} // namespace

KoalaBear position_point(size_t k, uint32_t log_n)
{
    base::invariant(log_n <= KoalaBear::kTwoAdicity && k < size_t{1} << log_n);
    // Bit i of k, counted from the top, contributes ω^(2^i).
    KoalaBear point{KoalaBear::kGenerator};
    for (uint32_t i = 0; i != log_n; ++i)
        if (k >> i & 1)
            point *= KoalaBear::root_of_unity(i + 1);
    return point;
}

void encode(std::span<const KoalaBear> coefficients, size_t rows, size_t width, size_t n, std::span<KoalaBear> out)
{
    base::invariant(width != 0 && width % kWidthStep == 0 && std::has_single_bit(n));
    base::invariant(n <= size_t{1} << KoalaBear::kTwoAdicity && rows <= n);
    base::invariant(coefficients.size() == rows * width && out.size() == n * width);

    const auto log_rows = uint32_t(std::bit_width(std::max<size_t>(rows, 1) - 1));
    const auto log_n = uint32_t(std::countr_zero(n));
    Encoding{coefficients, width, log_rows, twiddles(log_n == 0 ? 0 : log_n - 1), out}.run();
}

void interpolate(std::span<KoalaBear> values, size_t width, size_t n)
{
    base::invariant(std::has_single_bit(n) && n <= size_t{1} << KoalaBear::kTwoAdicity && values.size() == n * width);
    const auto log_n = uint32_t(std::countr_zero(n));
    const auto half_of = KoalaBear{2}.inverse();
    // Upwards: a = (u + v)/2, b = (u − v)/2c.
    for (uint32_t level = 1; level <= log_n; ++level)
    {
        const auto half = (width << level) / 2;
        for (size_t node = 0; node != n >> level; ++node)
        {
            const auto scale = half_of * (twiddles(log_n - 1)[node] * kShifts[level - 1]).inverse();
            const auto block = values.subspan(2 * node * half, 2 * half);
            for (size_t i = 0; i != half; ++i)
            {
                const auto u = block[i], v = block[half + i];
                block[i] = (u + v) * half_of;
                block[half + i] = (u - v) * scale;
            }
        }
    }
}

} // namespace poly
