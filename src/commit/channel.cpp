#include "commit/channel.hpp"

#include "merkle/proof.hpp"

namespace commit {

void FiatShamir::send(std::string_view label, std::span<const F> message)
{
    transcript_.observe(label, message);
    for (const K c : cells(message))
        out_.put(c.value());
}

void FiatShamir::send_root(std::string_view label, const Digest& root)
{
    transcript_.observe_digest(label, root);
    out_.put(root);
}

F FiatShamir::challenge(std::string_view label) { return transcript_.sample<F>(label); }

void FiatShamir::grind(std::string_view label, uint32_t bits) { out_.put(transcript_.grind(label, bits)); }

std::vector<uint32_t> FiatShamir::positions(std::string_view label, size_t n, size_t count)
{
    return merkle::distinct(transcript_.sample_positions(label, n, count));
}

void FiatShamir::open(const Oracle& oracle, std::span<const uint32_t> positions, std::string_view label)
{
    write_opening(oracle, positions, out_);
    if (!label.empty())
        observe_rows(transcript_, label, oracle.cell, opened_rows(oracle, positions));
}

void observe_rows(transcript::Transcript& transcript, std::string_view label, Cell cell, std::span<const K> rows)
{
    if (cell == Cell::base)
        transcript.observe(label, rows);
    else
        transcript.observe(label, elements_of(rows));
}

std::vector<F> elements_of(std::span<const K> cells)
{
    std::vector<F> elements;
    elements.reserve(cells.size() / F::kDegree);
    for (; !cells.empty(); cells = cells.subspan(F::kDegree))
        elements.push_back(F{std::array{cells[0], cells[1], cells[2], cells[3]}});
    return elements;
}

} // namespace commit
