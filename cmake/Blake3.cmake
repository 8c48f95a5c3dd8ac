# BLAKE3's own C and assembly sources, with its run-time dispatch over SSE2, SSE4.1, AVX2 and AVX-512.
# Debian 12 carries them, pinned, in librust-blake3-dev 1.3.1; there is no libblake3-dev there.
file(GLOB blake3_dir /usr/share/cargo/registry/blake3-1.3.*/c)
if(NOT blake3_dir)
  message(FATAL_ERROR "BLAKE3 sources not found: run tools/install (apt-get install librust-blake3-dev)")
endif()
add_library(blake3 STATIC
  ${blake3_dir}/blake3.c ${blake3_dir}/blake3_dispatch.c ${blake3_dir}/blake3_portable.c
  ${blake3_dir}/blake3_sse2_x86-64_unix.S ${blake3_dir}/blake3_sse41_x86-64_unix.S
  ${blake3_dir}/blake3_avx2_x86-64_unix.S ${blake3_dir}/blake3_avx512_x86-64_unix.S)
target_include_directories(blake3 SYSTEM PUBLIC ${blake3_dir})
