/**
 * Opens connections until the kernel has no port left (EADDRNOTAVAIL), says how many that were, and holds them. Not one is
 * waited for: a connection that nobody has answered yet has its port too. Ended in whatever way, they are reset, so that
 * none lingers in TIME_WAIT (socket(7), SO_LINGER). Arguments: a name for ps, address, port, how many ports there are, s.
 */
export const EXHAUST_SCRIPT = `
  use Socket;
  use Fcntl;
  use Errno;
  $| = 1;
  my ($tag, $address, $port, $ports, $longest) = @ARGV;
  my @held;
  my $to = sockaddr_in($port, inet_aton($address));
  while (@held <= $ports) {
    socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
    setsockopt($socket, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0));
    fcntl($socket, F_SETFL, O_NONBLOCK);
    if (!connect($socket, $to) && !$!{EINPROGRESS}) {
      if ($!{EADDRNOTAVAIL}) { print "full " . @held . "\\n"; last }
      print "after " . @held . ": $!\\n";
      exit 1;
    }
    push @held, $socket;
  }
  if (@held > $ports) { print "not full after " . @held . "\\n"; exit 1 }
  sleep $longest;
`
