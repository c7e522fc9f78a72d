#!/usr/bin/perl
# A web server on 8080 that answers at once; or, while /run/drips is there, a byte after each pause of so many seconds as that
# file says. How many bytes of such an answer were taken stands in /run/dripped, when it has ended or after 40.
use strict;
use warnings;
use IO::Socket::INET;

$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
my $listener = IO::Socket::INET->new(LocalPort => 8080, Listen => 16, ReuseAddr => 1) or die "8080: $@";
while (1) {
    my $peer = $listener->accept or next;
    next if fork;
    sysread $peer, my $request, 4096;
    my $body = 'x' x 200;
    my $answer = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 200\r\n\r\n$body";
    if (open my $drips, '<', '/run/drips') {
        my $pause = <$drips>;
        my $taken = 0;
        for my $byte (split //, $answer) {
            select undef, undef, undef, $pause;
            last if $taken == 40 or not syswrite $peer, $byte;
            $taken++;
        }
        if (not -e '/run/dripped') {
            open my $file, '>', '/run/dripped.new' or die "/run/dripped.new: $!";
            print $file "$taken\n";
            close $file;
            rename '/run/dripped.new', '/run/dripped';
        }
        # The rest never comes.
        sleep 600 if $taken == 40;
    } else {
        syswrite $peer, $answer;
    }
    exit;
}
