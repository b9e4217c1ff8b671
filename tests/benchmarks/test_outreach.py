"""The benches of messages to customers run, at a size at which their figures say nothing."""

from benchmarks.outreach import bench


def test_drafts_and_e_mails_are_measured_beside_their_limits(capsys):
    bench.main(["--messages", "30"])
    told = capsys.readouterr().out
    assert "<= 20.0 s" in told
    assert ">= 100 per s" in told
    assert told.count(" MiB ") == 4
