"""What one whole run did."""

from __future__ import annotations

from dataclasses import dataclass

from digest import exits, pipeline
from digest.model import DeliveryState, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one whole run did."""

    ingest: pipeline.IngestReport
    publish: pipeline.PublishReport
    output: pipeline.OutputReport | None
    deliver: pipeline.DeliverReport | None
    #: what came back; `None` in a rehearsal
    returned: pipeline.ReturnReport | None = None

    def problem_lines(self) -> list[str]:
        """One line for each thing that went wrong; empty after a good run."""
        found = [
            p for p in (*self.ingest.problems, *self.publish.problems) if p.severity is not Severity.NOTE
        ]
        lines = self.returned.problem_lines if self.returned else []
        lines += [f"{p.where}: {p.what}" for p in found] + self.ingest.alarm_lines
        if self.output and self.output.problem:
            lines.append(self.output.problem)
        return lines + (self.deliver.problem_lines if self.deliver else [])

    @property
    def exit_code(self) -> int:
        """See `digest.exits`; failed deliveries come before lost records."""
        if self.output and self.output.problem:
            return exits.USAGE
        sent = self.deliver.exit_code if self.deliver else exits.DONE
        returned = self.returned.exit_code if self.returned else exits.DONE
        return sent or returned or self.publish.exit_code or self.ingest.exit_code

    def summary(self) -> dict[str, int]:
        """The run in a few numbers."""
        return {
            "files": len(self.ingest.files),
            "new": self.ingest.new,
            "issues": self.publish.issue_count,
            "removed": len(self.returned.removed) if self.returned else 0,
            "sent": self.deliver.count(DeliveryState.ACCEPTED) if self.deliver else 0,
            "problems": len(self.problem_lines()),
        }
