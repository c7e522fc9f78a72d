import { InfrastructureError } from '../errors.ts'

export interface Connection {
  readonly clientIp: string
  readonly localPort: number
  /** The first word of the page: the address of the server that answered. Absent when nobody did. */
  readonly server?: string
  /** Why there was no answer, in the words of the client's kernel. */
  readonly error?: string
}

/** How long a server may take to answer, seconds: it only ends what hangs, as a refused connection is told at once. */
export const PATIENCE_S = 10

/**
 * Reads "open SOURCE ADDRESS PORT", "probe SOURCE ADDRESS PORT" and "close SOURCE LOCALPORT", a line each, and answers
 * each with a line: "LOCALPORT SERVER", or "LOCALPORT - WHY". curl cannot keep several connections open side by side and
 * close a certain one; perl is in every Debian. The socket is bound before it connects, so that the port of a refused
 * connection is known too.
 */
export const CONNECTIONS_SCRIPT = `
  use Socket;
  $| = 1;
  my %held;
  while (<STDIN>) {
    my ($verb, $source, $address, $port) = split;
    if ($verb eq "close") {
      close delete $held{"$source:$address"};
      print "$address closed\\n";
      next;
    }
    socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
    setsockopt($socket, SOL_SOCKET, $_, pack("l!l!", ${PATIENCE_S}, 0)) for SO_SNDTIMEO, SO_RCVTIMEO;
    bind($socket, sockaddr_in(0, inet_aton($source))) or print("bind $source: $!\\n"), next;
    my ($local) = sockaddr_in(getsockname $socket);
    my $page = "";
    my $ok = connect($socket, sockaddr_in($port, inet_aton($address)));
    $ok &&= defined syswrite($socket, "GET / HTTP/1.1\\r\\nHost: $address\\r\\n\\r\\n");
    while ($ok && $page !~ /\\r\\n\\r\\n\\S+\\n/) { $ok = sysread($socket, $page, 4096, length $page) }
    print $page =~ /\\r\\n\\r\\n(\\S+)\\n/ ? "$local $1\\n" : "$local - $!\\n";
    $held{"$source:$local"} = $socket if $ok && $verb eq "open";
  }
`

/**
 * Reads one answer of the script.
 *
 * @throws InfrastructureError `LVSLAB_E_CONNECTIONS` when it is none
 */
export function answerOf(line: string, clientIp: string): Connection {
  const [, port, server, error] = /^(\d+) (\S+)(?: (.*))?$/.exec(line) ?? []
  if (port === undefined || server === undefined) {
    throw new InfrastructureError('LVSLAB_E_CONNECTIONS', 'the client could not even try to connect', {
      seen: line,
    })
  }
  const base = { clientIp, localPort: Number(port) }
  return server === '-' ? { ...base, error: error ?? '' } : { ...base, server }
}
