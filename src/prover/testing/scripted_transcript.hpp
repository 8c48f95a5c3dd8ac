#pragma once

#include <cstdint>

/// Test support: scripted_transcript.cpp stands in for src/transcript/transcript.cpp in programs that link it.
/// Challenges then follow from a seed and their number alone, whatever is absorbed: a random oracle whose answers are
/// chosen in advance. Such a program proves nothing; it is for the simulator.
namespace transcript::testing {

/// Answers of transcripts made from now on.
void script(uint64_t seed);

} // namespace transcript::testing
