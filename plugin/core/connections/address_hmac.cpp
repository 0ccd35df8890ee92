// SPDX-License-Identifier: GPL-2.0-or-later
#include "connections/address_hmac.h"

namespace mptcp {

std::string_view name(AddressVerdict verdict)
{
    switch (verdict) {
    case AddressVerdict::Absent:
        return name(HmacVerdict::Absent);
    case AddressVerdict::Unverified:
        return name(HmacVerdict::Unverified);
    case AddressVerdict::Bad:
    case AddressVerdict::Leftmost:
        return name(HmacVerdict::Bad);
    case AddressVerdict::Good:
        return name(HmacVerdict::Good);
    }
    return "";
}

AddressVerdict verify(const Crypto &crypto, const Connection &connection, Role sender,
                      const AddAddr &announced)
{
    if (!announced.hmac)
        return AddressVerdict::Absent;
    const auto own_key = connection.hosts[sender].key;
    const auto peer_key = connection.hosts[other(sender)].key;
    if (!own_key || !peer_key)
        return AddressVerdict::Unverified;
    const auto expected = crypto.address_hmac(*own_key, *peer_key, announced.address_id,
                                              announced.address, announced.port.value_or(0));
    if (!expected)
        return AddressVerdict::Unverified;
    if (*announced.hmac == expected->rightmost)
        return AddressVerdict::Good;
    // Draft implementations truncated it as the HMACs of joins are.
    return *announced.hmac == expected->leftmost ? AddressVerdict::Leftmost : AddressVerdict::Bad;
}

} // namespace mptcp
