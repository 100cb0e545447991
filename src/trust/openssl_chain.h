// An authority's certificates as OpenSSL takes them to verify a chain: the last is trusted, the others may stand
// between. Only .cpp files include it.
#pragma once

#include "trust/certificate.h"

struct x509_store_st;
struct stack_st_X509;
struct X509_VERIFY_PARAM_st;

namespace pith::trust {

class OpensslChain {
public:
    explicit OpensslChain(const Chain& authority);  // not empty
    void add_between(const Chain& more);

    [[nodiscard]] x509_store_st* store() const { return m_store.get(); }
    [[nodiscard]] stack_st_X509* between() const { return m_between.get(); }

private:
    std::shared_ptr<x509_store_st> m_store;
    std::shared_ptr<stack_st_X509> m_between;
    Chain m_held;  // whose certificates m_between points to
};

// Chains are verified as of this time, whatever the clock says.
void set_time(X509_VERIFY_PARAM_st* parameters, Time time);

}  // namespace pith::trust
