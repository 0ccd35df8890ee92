// SPDX-License-Identifier: GPL-2.0-or-later
//
// The session that the TLS dissector keeps at a conversation.
//
// conversation.h: since 4.4, there is find_conversation_strat(), by which the TLS dissector finds
// the conversation of its session. It goes by the packet's addresses and ports. All else that needs
// the session, such as STARTTLS and ALPN, goes by the endpoints that pinfo has for its
// conversation. These differ for data that is dissected with a conversation of its own.
#pragma once

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/packet.h>

#include "sdk/compat.h"

namespace mptcp {

// Returns nullptr if there is none, and in versions whose TLS dissector does not look for it.
template <class Info> conversation_t *find_conversation_of_ports(const Info *pinfo)
{
    constexpr bool kIn46 = requires { find_conversation_strat(pinfo, kTcpConversation, 0, true); };
    constexpr bool kIn44 = requires { find_conversation_strat(pinfo, kTcpConversation, 0); };
    if constexpr (kIn46)
        return find_conversation_strat(pinfo, kTcpConversation, 0, false);
    else if constexpr (kIn44)
        return find_conversation_strat(pinfo, kTcpConversation, 0);
    else
        return nullptr;
}

// While data is dissected, the conversation of its addresses and ports has the session of the
// data's own conversation instead of its own one.
class LentSession {
public:
    // `protocol` is that of TLS; pinfo has the addresses and ports of the data.
    LentSession(conversation_t *owner, const packet_info *pinfo, int protocol)
        : owner_(owner), borrower_(find_conversation_of_ports(pinfo)), protocol_(protocol)
    {
        if (borrower_ == nullptr)
            return;
        replaced_ = conversation_get_proto_data(borrower_, protocol_);
        set(borrower_, conversation_get_proto_data(owner_, protocol_));
    }
    // Not in a destructor: epan leaves functions by longjmp. `carrier` is the conversation of the
    // packet. Unless it has a session, it keeps this one: by that, Follow TLS Stream finds the
    // stream of the packet (4.6).
    void give_back(conversation_t *carrier) const
    {
        if (borrower_ == nullptr)
            return;
        if (conversation_get_proto_data(owner_, protocol_) == nullptr)
            set(owner_, conversation_get_proto_data(borrower_, protocol_)); // it has begun now
        set(borrower_, replaced_);
        if (carrier != nullptr && conversation_get_proto_data(carrier, protocol_) == nullptr)
            set(carrier, conversation_get_proto_data(owner_, protocol_));
    }

private:
    void set(conversation_t *conversation, void *session) const
    {
        if (session != nullptr)
            conversation_add_proto_data(conversation, protocol_, session);
        else
            conversation_delete_proto_data(conversation, protocol_);
    }

    conversation_t *owner_;
    conversation_t *borrower_; // nullptr if there is none
    int protocol_;
    void *replaced_ = nullptr;
};

} // namespace mptcp
