# Varnish in front of homing-server. It does no TLS: put hitch, stunnel or nginx before it.
#
# Tested with Varnish 7.1. The server:
#
#   homing-server serve --listen 127.0.0.1:4664 --tls off --public https://chat.example.org --trust-forwarded
#
#   varnishd -f /etc/varnish/homing.vcl -a 127.0.0.1:8080,PROXY -p pipe_timeout=120
#
# With `,PROXY` what ends TLS says who the client is (stunnel: `protocol = proxy`, hitch: `write-proxy-v2 = on`); Varnish
# adds it to X-Forwarded-For. pipe_timeout is how long a connection may be silent: the server pings every 25 s give or
# take a tenth.

vcl 4.1;

backend homing {
    .host = "127.0.0.1";
    .port = "4664";
}

sub vcl_recv {
    if (req.http.Upgrade ~ "(?i)websocket") {
        return (pipe);
    }
    # Nothing here may be answered from a cache.
    return (pass);
}

sub vcl_pipe {
    # Both belong to one connection and end here, unless they are passed on.
    set bereq.http.Upgrade = req.http.Upgrade;
    set bereq.http.Connection = req.http.Connection;
}
