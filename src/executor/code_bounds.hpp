#pragma once

#include <cstdint>

/// How large and how tangled code may be: what bounds the time and memory of its compilation.
///
/// Beside each bound: the most that one of four runtimes has, this chain's and three that rustc and wasm-opt made:
/// Polkadot Coretime of 3.9 MB unpacked, Kusama Coretime, Polkadot Collectives. A compiler's cost is linear in the
/// instructions, but each place where ways of the control flow meet may take a copy of each local: that product is the
/// flow of a function; and registers are found for each local along all instructions: their product is its spread.
/// Without a bound for the first 100 KB of Wasm take minutes, without one for the second 500 KB
/// (bench/compile_bounds.cpp).
///
/// They are part of the rules by which a chain takes new code (docs/specs/runtime-code.md): other bounds are other
/// rules.
namespace executor {

// Of a module.
inline constexpr uint32_t kTypesMax = 4'096;           ///< 69
inline constexpr uint32_t kImportsMax = 1'024;         ///< 42
inline constexpr uint32_t kFunctionsMax = 65'536;      ///< with a body; 3,803
inline constexpr uint32_t kGlobalsMax = 4'096;         ///< 3
inline constexpr uint32_t kExportsMax = 4'096;         ///< 41
inline constexpr uint32_t kTableElementsMax = 20'000;  ///< 1,171; what the pool of instances has room for
inline constexpr uint32_t kElementSegmentsMax = 1'024; ///< 1
inline constexpr uint32_t kElementsMax = 65'536;       ///< in all segments; 1,171
inline constexpr uint32_t kDataSegmentsMax = 4'096;    ///< 3
inline constexpr uint32_t kNameBytesMax = 1'024;       ///< of an import or export
inline constexpr uint64_t kCodeSectionMax = 12u << 20; ///< bytes; 3.3 MB, the largest relay chains' twice that
inline constexpr uint64_t kFlowMax = 1u << 24;         ///< of all functions; 3.0 million
inline constexpr uint64_t kSpreadMax = 1u << 28;       ///< of all functions; 52 million

// Of a function.
inline constexpr uint32_t kParamsOfTypeMax = 64;         ///< 11
inline constexpr uint32_t kBodyBytesMax = 512u << 10;    ///< 94 KB
inline constexpr uint32_t kLocalsMax = 2'048;            ///< with the parameters; 266
inline constexpr uint32_t kDepthMax = 1'024;             ///< blocks in blocks; 418
inline constexpr uint32_t kBlocksMax = 4'096;            ///< block, loop, if; 714
inline constexpr uint32_t kLoopsMax = 1'024;             ///< 122
inline constexpr uint32_t kTargetsMax = 16'384;          ///< of its branches, br_table's entries each; 1,890
inline constexpr uint64_t kFunctionFlowMax = 1u << 19;   ///< (blocks + targets + 1) · (locals + 1); 98,000
inline constexpr uint64_t kFunctionSpreadMax = 1u << 24; ///< instructions · (locals + 1); 2.0 million

} // namespace executor
