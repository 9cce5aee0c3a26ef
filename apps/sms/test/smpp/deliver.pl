# An SMSC on Net::SMPP for one bind: it delivers what its arguments say, "esm_class|phone|sender|id|text" each, and tells the status of each
# answer. One with an id is delivered by parameters, without text. Tab-separated lines on standard output; the first is the port.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
my $listener = Net::SMPP->new_listen("127.0.0.1", port => 0, timeout => 60) or die "cannot listen: $!";
print $listener->sockport, "\n";
my $smsc = $listener->accept or die "nobody came: $!";

my $bind = $smsc->read_pdu or die "no bind";
my $method = $bind->explain_cmd . "_resp";
$smsc->$method(seq => $bind->{seq}, system_id => "perl", sc_interface_version => "\x34");

for my $delivery (@ARGV) {
    my ($class, $phone, $sender, $id, $text) = split /\|/, $delivery, 5;
    my %body = $id eq "" ? (short_message => $text)
        : (short_message => "", receipted_message_id => "$id\0", message_state => "\x05", network_error_code => "\x03\x00\x0d");
    my $answer = $smsc->deliver_sm(source_addr => $phone, source_addr_ton => 1, source_addr_npi => 1, destination_addr => $sender,
                                   esm_class => $class, %body) or die "no answer";
    print join("\t", $answer->explain_cmd, $answer->status), "\n";
}
while (my $pdu = $smsc->read_pdu) {
    if ($pdu->cmd == Net::SMPP::CMD_enquire_link) { $smsc->enquire_link_resp(seq => $pdu->{seq}) }
    if ($pdu->cmd == Net::SMPP::CMD_unbind) { $smsc->unbind_resp(seq => $pdu->{seq}); last }
}
