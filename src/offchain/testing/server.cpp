#include "offchain/testing/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace offchain::testing {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Failed = boost::system::error_code;

template <class Stream>
class WireOver final : public Wire
{
public:
    WireOver(Stream& stream, Tcp::socket& socket, const std::atomic<bool>& ending)
        : stream_(stream), socket_(socket), ending_(ending)
    {
    }

    std::string read_until(std::string_view end) override
    {
        Failed failed;
        const auto size = asio::read_until(stream_, asio::dynamic_buffer(buffer_), std::string(end), failed);
        return take(failed ? buffer_.size() : size);
    }
    std::string read_bytes(size_t count) override
    {
        Failed failed;
        if (buffer_.size() < count)
            asio::read(stream_, asio::dynamic_buffer(buffer_), asio::transfer_exactly(count - buffer_.size()), failed);
        return take(std::min(buffer_.size(), count));
    }
    bool send(std::string_view bytes) override
    {
        Failed failed;
        asio::write(stream_, asio::buffer(bytes), failed);
        return !failed && !ending_;
    }
    void half_close() override
    {
        Failed none;
        socket_.shutdown(Tcp::socket::shutdown_send, none);
    }
    void linger() override
    {
        std::array<char, 4096> ignored;
        Failed failed;
        while (!failed && !ending_)
            stream_.read_some(asio::buffer(ignored), failed);
    }

private:
    std::string take(size_t count)
    {
        auto out = buffer_.substr(0, count);
        buffer_.erase(0, count);
        return out;
    }

    Stream& stream_;
    Tcp::socket& socket_;
    const std::atomic<bool>& ending_;
    std::string buffer_;
};

} // namespace

struct Server::Parts
{
    asio::io_context context;
    Tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    asio::ssl::context tls{asio::ssl::context::tls_server};
    std::atomic<bool> ending = false;
    std::mutex mutex;
    std::vector<std::shared_ptr<Tcp::socket>> sockets;
    std::vector<std::thread> threads;

    void serve(const Script& script, bool secure, const std::shared_ptr<Tcp::socket>& socket)
    {
        if (!secure)
        {
            WireOver<Tcp::socket> wire(*socket, *socket, ending);
            script(wire);
        }
        else
        {
            asio::ssl::stream<Tcp::socket&> stream(*socket, tls);
            Failed failed;
            stream.handshake(asio::ssl::stream_base::server, failed);
            WireOver<asio::ssl::stream<Tcp::socket&>> wire(stream, *socket, ending);
            if (!failed)
                script(wire);
            stream.shutdown(failed);
        }
        Failed none;
        const std::lock_guard lock(mutex);
        socket->shutdown(Tcp::socket::shutdown_both, none);
        socket->close(none);
    }
};

Server::Server(Script script, std::string pem) : parts_(std::make_unique<Parts>())
{
    port_ = parts_->acceptor.local_endpoint().port();
    if (!pem.empty())
    {
        parts_->tls.use_certificate_chain(asio::buffer(pem));
        parts_->tls.use_private_key(asio::buffer(pem), asio::ssl::context::pem);
    }
    thread_ = std::thread([this, script = std::move(script), secure = !pem.empty()] {
        for (;;)
        {
            Failed failed;
            auto socket = std::make_shared<Tcp::socket>(parts_->acceptor.accept(failed));
            if (failed || parts_->ending)
                return;
            ++connections_;
            parts_->sockets.push_back(socket);
            parts_->threads.emplace_back([this, script, secure, socket] { parts_->serve(script, secure, socket); });
        }
    });
}

Server::~Server()
{
    parts_->ending = true;
    Failed none;
    {
        asio::io_context context; // wakes accept()
        Tcp::socket last(context);
        last.connect({asio::ip::address_v4::loopback(), port_}, none);
    }
    thread_.join();
    {
        const std::lock_guard lock(parts_->mutex);
        for (const auto& socket : parts_->sockets)
            if (socket->is_open())
                socket->shutdown(Tcp::socket::shutdown_both, none);
    }
    for (auto& thread : parts_->threads)
        thread.join();
}

std::string Server::url(std::string_view target, const std::string& host, bool secure) const
{
    return (secure ? "https://" : "http://") + host + ":" + std::to_string(port_) + std::string(target);
}

Server::Script answering(std::string response)
{
    return [response = std::move(response)](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send(response);
    };
}

std::string make_certificate(const std::string& name)
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    auto* subject = X509_get_subject_name(made.get());
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(made.get(), subject);
    const auto names = "DNS:" + name;
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(made.get(), extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(made.get(), key.get(), EVP_sha256());

    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), made.get());
    PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return {data, size_t(size)};
}

} // namespace offchain::testing
