#include "trust/openssl_chain.h"

#include <openssl/x509.h>

#include <new>

namespace pith::trust {

OpensslChain::OpensslChain(const Chain& authority)
    : m_store(X509_STORE_new(), X509_STORE_free),
      m_between(sk_X509_new_null(), [](auto* stack) { sk_X509_free(stack); }) {
    if (!m_store || !m_between || X509_STORE_add_cert(m_store.get(), authority.back().handle()) != 1)
        throw std::bad_alloc();
    add_between(Chain(authority.begin(), authority.end() - 1));
}

void OpensslChain::add_between(const Chain& more) {
    for (const auto& each : more) {
        if (sk_X509_push(m_between.get(), each.handle()) == 0) throw std::bad_alloc();
        m_held.push_back(each);
    }
}

void set_time(X509_VERIFY_PARAM* parameters, Time time) {
    X509_VERIFY_PARAM_set_time(parameters, std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

}  // namespace pith::trust
