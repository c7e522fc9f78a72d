#!/usr/bin/perl
# Opens the ends of a network's cables and hands them, as open file descriptors, to the program that drives them: the
# same program, with the same read(2) and write(2), whatever is behind them. Node cannot open a tap (that takes an
# ioctl); perl-base, which every Debian has, can.
#
#   open-ends.pl unix PATH...            connects to each path: the cables of a fabric
#   open-ends.pl pair                    two ends of one socketpair: nothing in between
#   open-ends.pl bridge switch|hub N     N taps on a kernel bridge, in the network namespace that it was started in
#                                        (unshare --net): both are gone when the descriptors are
#
# ... -- PROGRAM ARGUMENT...             is then executed; the descriptors' numbers are in LVSLAB_ENDS.
use strict;
use warnings;
use Socket;
use Fcntl;

# linux/if_tun.h
use constant { TUNSETIFF => 0x400454ca, IFF_TAP => 0x0002, IFF_NO_PI => 0x1000 };

sub connected {
    my ($path) = @_;
    socket(my $end, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
    connect($end, pack_sockaddr_un($path)) or die "connect $path: $!\n";
    return $end;
}

sub pair {
    socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die "socketpair: $!\n";
    return ($a, $b);
}

sub tap {
    my ($name) = @_;
    sysopen(my $end, '/dev/net/tun', O_RDWR) or die "/dev/net/tun: $!\n";
    ioctl($end, TUNSETIFF, pack('a16 s x22', $name, IFF_TAP | IFF_NO_PI)) or die "TUNSETIFF $name: $!\n";
    return $end;
}

sub ip { system('ip', @_) == 0 or die "ip @_: failed\n" }

sub bridge {
    my ($kind, $count) = @_;
    # No neighbour discovery of the kernel's own among the frames.
    for my $which ('all', 'default') {
        open(my $setting, '>', "/proc/sys/net/ipv6/conf/$which/disable_ipv6") or next;
        print $setting "1\n";
    }
    # A bridge that forgets at once floods, as a hub does (bridge(8), ageing_time).
    ip('link', 'add', 'br0', 'type', 'bridge', 'stp_state', '0', 'mcast_snooping', '0',
        $kind eq 'hub' ? ('ageing_time', '0') : ());
    my @taps = map { tap("tap$_") } 0 .. $count - 1;
    for my $number (0 .. $count - 1) {
        ip('link', 'set', "tap$number", 'master', 'br0', 'up');
    }
    ip('link', 'set', 'br0', 'up');
    return @taps;
}

my @how;
while (@ARGV) {
    my $word = shift @ARGV;
    last if $word eq '--';
    push @how, $word;
}
my $what = shift @how;
my @ends = $what eq 'unix' ? map { connected($_) } @how : $what eq 'pair' ? pair() : bridge(@how);
for my $end (@ends) { fcntl($end, F_SETFD, 0) or die "fcntl: $!\n" }
$ENV{LVSLAB_ENDS} = join(',', map { fileno($_) } @ends);
exec { $ARGV[0] } @ARGV or die "exec $ARGV[0]: $!\n";
