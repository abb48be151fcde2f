# SPDX-License-Identifier: MIT
"""The policy hosts: one nginx, set up as a CDN is.

A certificate for each name in SNI, none without; HTTP/2 and compression offered; port 80 redirects;
IPv4 and IPv6. A new host is a certificate and a folder.
"""
import pathlib

from . import process

CONF = """\
user root;
daemon off;
worker_processes 1;
error_log {state}/nginx-error.log info;
pid {run}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    log_format seen '$host $request_uri $status $server_protocol $server_addr';
    access_log {state}/nginx-access.log seen;
    client_body_temp_path {state}/nginx-body;
    proxy_temp_path {state}/nginx-proxy;
    fastcgi_temp_path {state}/nginx-fastcgi;
    uwsgi_temp_path {state}/nginx-uwsgi;
    scgi_temp_path {state}/nginx-scgi;
    types {{ text/plain txt; text/html html; }}
    default_type text/plain;
    gzip on;
    gzip_min_length 1;
    gzip_types text/plain;
    server_names_hash_bucket_size 128;
    server {{
        listen 80 default_server;
        {listen_80_v6}
        return 301 https://$host$request_uri;
    }}
    server {{
        listen 443 ssl http2 default_server;
        {listen_443_v6}
        ssl_certificate {state}/certs/$ssl_server_name.pem;
        ssl_certificate_key {state}/certs/$ssl_server_name.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        root {state}/www/$host;
        add_header Alt-Svc 'h3=":443"; ma=86400';
        add_header Cache-Control 'public, max-age=3600';
        add_header Set-Cookie 'visitor=1; Secure';
        if (-f {state}/www/$host/redirect) {{
            return 301 https://www.$host$request_uri;
        }}
        if (-f {state}/www/$host/html) {{
            rewrite ^/\.well-known/.* /index.html break;
        }}
    }}
}}
"""


class Web:
    """Serves folders below `www`; one per policy host."""

    def __init__(self, state, run, authority, ipv6):
        self._state, self._run, self._authority, self._ipv6 = state, run, authority, ipv6
        self._log = state / "nginx-access.log"
        self._nginx = None

    def start(self):
        for folder in ("certs", "www"):
            (self._state / folder).mkdir(exist_ok=True)
        v6 = "listen [::]:%s ipv6only=on;"
        conf = self._state / "nginx.conf"
        conf.write_text(CONF.format(state=self._state, run=self._run,
                                    listen_80_v6=v6 % "80 default_server" if self._ipv6 else "",
                                    listen_443_v6=v6 % "443 ssl http2 default_server" if self._ipv6 else ""))
        log = self._state / "nginx.out"
        self._nginx = process.start("nginx", ["nginx", "-c", conf, "-e", self._state / "nginx-error.log"], log)
        process.wait_for_port(self._nginx, "nginx", "127.0.0.1", 443, log)

    def host(self, name, certificate_for=None, **options):
        """A host with a certificate, by default for its name. Returns the folder that it serves."""
        self._authority.issue(self._state / "certs" / (name + ".pem"), [certificate_for or name], **options)
        folder = self._state / "www" / name
        (folder / ".well-known").mkdir(parents=True, exist_ok=True)
        return folder

    def requests(self, name):
        """What was asked of the host: (path, status, protocol, our address) of each request."""
        if not self._log.exists():
            return []
        lines = [line.split() for line in pathlib.Path(self._log).read_text().splitlines()]
        return [tuple(line[1:]) for line in lines if line[0] == name]
