// Prints, as JSON, signatures and VRF proofs that src/signature makes with constant entropy. generate.mjs has other
// implementations verify them; signature_test then asks for the same bytes again.
#include "signature/testing/made.hpp"

#include <iostream>

int main() { std::cout << signature::testing::made().dump() << '\n'; }
