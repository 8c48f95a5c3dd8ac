# boost_headers: Asio and Beast, header-only, without the forms that newer versions drop.
find_path(BOOST_INCLUDE_DIR boost/beast/websocket.hpp REQUIRED)
find_package(Threads REQUIRED)
add_library(boost_headers INTERFACE IMPORTED GLOBAL)
target_include_directories(boost_headers SYSTEM INTERFACE ${BOOST_INCLUDE_DIR})
target_compile_definitions(boost_headers INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_link_libraries(boost_headers INTERFACE Threads::Threads)
