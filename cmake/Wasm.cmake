# wasm_runtime(NAME SOURCES f… [SUPPORT f…] [BASE other] [DEFINITIONS d…])
#
# Compiles and links build/…/NAME.wasm: WebAssembly MVP, memory imported from `env`, no libc, no libc++ archive, no
# global constructors, no start function: what every Substrate host, light clients among them, accepts as `:code`.
# SUPPORT files replace libc and are compiled without builtins and link-time optimisation, so that memcpy is not made a
# call of memcpy. tools/wasmcheck then refuses what not every client could run, and adds what clients read without
# running it: custom sections, metadata hash. The target is NAME_wasm; its properties are WASM_FILE, and
# WASM_COMPRESSED_FILE, the same packed: what :code holds. With BASE, only SOURCES are compiled, with DEFINITIONS; other
# objects are those of the runtime BASE.
#
# -mcpu=mvp        the compiler's default CPU would emit memory.copy and sign extension, which light clients refuse
# -O2              the fastest of O2, Os, Oz under a compiling engine; compressed sizes differ little
# libclang_rt      128-bit multiplication and division
set(wasm_flags --target=wasm32-wasi -Wno-deprecated -mcpu=mvp -std=c++23 -O2
  -fno-exceptions -fno-rtti -fno-threadsafe-statics -fvisibility=hidden -ffunction-sections -fdata-sections
  -fno-builtin-bcmp -D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_NONE
  -Wall -Wextra -Wglobal-constructors -Werror -I${PROJECT_SOURCE_DIR}/src)
set(wasm_link_flags --no-entry --import-memory --export=__heap_base --export=__data_end --stack-first
  -z stack-size=1048576 --gc-sections --strip-all -O2 --lto-O2)

# The linker and the 128-bit helpers that belong to the compiler.
function(wasm_tools)
  cmake_path(GET CMAKE_CXX_COMPILER FILENAME compiler)
  string(REGEX MATCH "[0-9]+" version "${compiler}")
  find_program(WASM_LD NAMES wasm-ld-${version} wasm-ld)
  find_file(WASM_BUILTINS libclang_rt.builtins-wasm32.a
    PATHS /usr/lib/llvm-${version}/lib/clang/${version}/lib/wasi NO_DEFAULT_PATH)
  if(NOT WASM_LD OR NOT WASM_BUILTINS)
    message(FATAL_ERROR "no WebAssembly linker: run tools/install (lld-${version}, libclang-rt-${version}-dev-wasm32)")
  endif()
endfunction()

# One object file; its headers are found by Ninja through the depfile.
function(wasm_object out folder source)
  cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE path)
  cmake_path(GET source STEM LAST_ONLY stem)
  set(object ${folder}/${stem}.o)
  add_custom_command(OUTPUT ${object}
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${CMAKE_CXX_COMPILER} ${wasm_flags} ${ARGN}
            -MD -MF ${object}.d -c ${path} -o ${object}
    DEPENDS ${path} DEPFILE ${object}.d
    COMMENT "wasm32 ${source}" VERBATIM COMMAND_EXPAND_LISTS)
  set(${out} ${object} PARENT_SCOPE)
endfunction()

function(wasm_runtime name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "BASE" "SOURCES;SUPPORT;DEFINITIONS")
  wasm_tools()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/wasm/${name})
  file(MAKE_DIRECTORY ${folder})
  list(TRANSFORM arg_DEFINITIONS PREPEND -D)
  set(objects "")
  foreach(source IN LISTS arg_SOURCES)
    wasm_object(object ${folder} ${source} -flto ${arg_DEFINITIONS})
    list(APPEND objects ${object})
  endforeach()
  foreach(source IN LISTS arg_SUPPORT)
    wasm_object(object ${folder} ${source} -fno-lto -fno-builtin)
    list(APPEND objects ${object})
  endforeach()
  if(arg_BASE)
    get_target_property(shared ${arg_BASE}_wasm WASM_OBJECTS)
    foreach(object IN LISTS shared)
      cmake_path(GET object FILENAME file)
      if(NOT ${folder}/${file} IN_LIST objects)
        list(APPEND objects ${object})
      endif()
    endforeach()
  endif()
  set(linked ${folder}/${name}.wasm)
  # Undefined symbols stay errors: every import is declared with its module and name.
  add_custom_command(OUTPUT ${linked}
    COMMAND ${WASM_LD} ${wasm_link_flags} ${objects} ${WASM_BUILTINS} -o ${linked}
    DEPENDS ${objects} COMMENT "link ${name}.wasm" VERBATIM)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}.wasm)
  set(compressed ${CMAKE_CURRENT_BINARY_DIR}/${name}.compact.compressed.wasm)
  add_custom_command(OUTPUT ${file} ${compressed}
    COMMAND wasmcheck ${linked} -o ${file} --compressed ${compressed}
    DEPENDS ${linked} wasmcheck COMMENT "check ${name}.wasm" VERBATIM)
  add_custom_target(${name}_wasm ALL DEPENDS ${file} ${compressed})
  set_target_properties(${name}_wasm PROPERTIES WASM_FILE ${file} WASM_COMPRESSED_FILE ${compressed}
    WASM_OBJECTS "${objects}")
endfunction()
