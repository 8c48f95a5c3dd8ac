#include "runtime/product/runtime.hpp"

namespace runtime {

template struct Call<product::Runtime>;
template DispatchInfo info_of<product::Runtime>(const Call<product::Runtime>&);
template Outcome dispatch<product::Runtime>(const Call<product::Runtime>&, const Origin&);

} // namespace runtime
