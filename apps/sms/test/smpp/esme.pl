# One who binds, on Net::SMPP: sends a message, takes a receipt, asks whether the other side is there, unbinds, and tells
# what it heard. The argument is the port; tab-separated lines on standard output.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
sub say_line { print join("\t", @_), "\n" }

my ($esme, $bound) = Net::SMPP->new_transceiver("127.0.0.1", port => $ARGV[0], system_id => "perl", password => "pw",
                                                system_type => "VMA", addr_ton => 1, addr_npi => 1, address_range => "^48")
    or die "cannot connect: $!";
say_line($bound->explain_cmd, $bound->status, $bound->{system_id});

my $submitted = $esme->submit_sm(source_addr => "SKLEP", source_addr_ton => 5, destination_addr => "48501234504",
                                 dest_addr_ton => 1, dest_addr_npi => 1, registered_delivery => 1,
                                 short_message => "Twoja paczka", user_message_reference => "\x00\x07")
    or die "no answer";
say_line($submitted->explain_cmd, $submitted->status, $submitted->message_id);

my $sent = $esme->data_sm(source_addr => "SKLEP", destination_addr => "48501234504", message_payload => "x" x 1000)
    or die "no answer";
say_line($sent->explain_cmd, $sent->status, $sent->message_id);

my $receipt = $esme->read_pdu or die "no receipt";
say_line($receipt->explain_cmd, @{$receipt}{qw(source_addr destination_addr esm_class short_message)},
         $receipt->{receipted_message_id} =~ s/\0$//r, map { unpack("H*", $receipt->{$_}) } qw(message_state network_error_code));
$esme->deliver_sm_resp(seq => $receipt->{seq}, message_id => "");

my $alive = $esme->enquire_link or die "no answer";
say_line($alive->explain_cmd, $alive->status);
my $unbound = $esme->unbind or die "no answer";
say_line($unbound->explain_cmd, $unbound->status);
