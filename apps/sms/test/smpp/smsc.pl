# An SMSC on Net::SMPP for one bind: it delivers receipts in several forms, tells what it hears, and goes on until the
# other side unbinds. Tab-separated lines on standard output; the first is the port.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
$SIG{__WARN__} = sub { print STDERR @_ };
my $listener = Net::SMPP->new_listen("127.0.0.1", port => 0, timeout => 30) or die "cannot listen: $!";
print $listener->sockport, "\n";
my $smsc = $listener->accept or die "nobody came: $!";

sub say_line { print join("\t", @_), "\n" }

my $bind = $smsc->read_pdu or die "no bind";
say_line($bind->explain_cmd, @{$bind}{qw(system_id password system_type interface_version)});
my $method = $bind->explain_cmd . "_resp";
$smsc->$method(seq => $bind->{seq}, system_id => "perl", sc_interface_version => "\x34");

my $text = "sub:001 dlvrd:000 submit date:2611231200 done date:2611231205";
my %route = (source_addr => "48501234504", source_addr_ton => 1, source_addr_npi => 1,
             destination_addr => "SKLEP", dest_addr_ton => 5, esm_class => 4);
my @deliveries = (
    ["deliver_sm", short_message => "id:6 $text stat:REJECTD err:088 text:Twoja paczka"],
    ["deliver_sm", short_message => "ID:15 Stat:UNDELIV Err:045"],
    ["deliver_sm", short_message => "", receipted_message_id => "10\0", message_state => "\x05", network_error_code => "\x03\x00\x0d"],
    ["deliver_sm", esm_class => 0, short_message => "id:16 $text stat:UNDELIV err:001 text:"],
    ["deliver_sm", short_message => "", message_payload => "id:17 $text stat:UNKNOWN err:254 text:"],
    ["data_sm", message_payload => "id:18 $text stat:DELETED err:000 text:"],
    ["deliver_sm", esm_class => 0, short_message => "STOP"],
);
for my $delivery (@deliveries) {
    my ($command, %fields) = @$delivery;
    my $answer = $smsc->$command(%route, %fields) or die "no answer to $command";
    say_line($answer->explain_cmd, $answer->status);
}
my $alive = $smsc->enquire_link or die "no answer to enquire_link";
say_line($alive->explain_cmd, $alive->status);

while (my $pdu = $smsc->read_pdu) {
    say_line($pdu->explain_cmd, map { $pdu->{$_} // "" } qw(source_addr destination_addr short_message message_payload));
    if ($pdu->cmd == Net::SMPP::CMD_submit_sm) { $smsc->submit_sm_resp(seq => $pdu->{seq}, message_id => "0e999f21") }
    if ($pdu->cmd == Net::SMPP::CMD_enquire_link) { $smsc->enquire_link_resp(seq => $pdu->{seq}) }
    if ($pdu->cmd == Net::SMPP::CMD_unbind) { $smsc->unbind_resp(seq => $pdu->{seq}); last }
}
