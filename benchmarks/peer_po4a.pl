# po4a's round trip in one process: tasks on standard input, Markdown on standard output, both JSON.
# The translations are put into po4a's own PO object, so no file format stands between.
use strict;
use warnings;
use utf8;
use JSON::PP;
use Locale::Po4a::Chooser;

my $folder = shift @ARGV;
binmode STDIN, ':raw';
binmode STDOUT, ':raw';
my $tasks = decode_json(do { local $/; <STDIN> });
my %options = (markdown => 1, neverwrap => 1, verbose => 0, debug => '');

sub document {
    my ($po) = @_;
    my $document = Locale::Po4a::Chooser::new('text', %options);
    $document->{TT}{po_in} = $po if $po;
    return $document;
}

sub back {
    my ($task) = @_;
    my ($source, $target) = ("$folder/source.md", "$folder/target.md");
    open my $file, '>:encoding(UTF-8)', $source or die $!;
    print $file $task->{markdown};
    close $file;
    my $extract = document();
    $extract->process(file_in_name => [$source], file_in_charset => 'UTF-8', file_out_charset => 'UTF-8');
    my $found = $extract->{TT}{po_out};
    my $po = Locale::Po4a::Po->new();
    $po->set_charset('UTF-8');
    for my $key (keys %{ $found->{po} }) {
        my %escapes = (n => "\n", t => "\t");    # po4a keeps its messages escaped
        (my $msgid = $key) =~ s/\\(.)/exists $escapes{$1} ? $escapes{$1} : $1/ge;
        my ($text, $end) = $msgid =~ /^(.*?)(\n?)\z/s;
        my $msgstr = $task->{as} eq 'quotes' ? "«$text»$end" : $msgid;
        # po4a's message may hold more than the text: the marker of a quote, a whole table
        if ($task->{as} eq 'one') { $msgstr =~ s/\Q$task->{source}\E/$task->{target}/ }
        $po->push(msgid => $msgid, msgstr => $msgstr);
    }
    my $translate = document($po);
    $translate->process(file_in_name => [$source], file_in_charset => 'UTF-8', file_out_name => $target, file_out_charset => 'UTF-8');
    open my $result, '<:encoding(UTF-8)', $target or return undef;
    return do { local $/; <$result> };
}

my %answer;
for my $name (keys %$tasks) {
    $answer{$name} = [ map { my $task = $_; my $text = eval { local $SIG{ALRM} = sub { die "too long\n" }; alarm 3; my $got = back($task); alarm 0; $got }; alarm 0; $text } @{ $tasks->{$name} } ];
}
print encode_json(\%answer);
