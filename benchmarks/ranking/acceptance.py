"""What the ranker is held to on the evaluation harness's collections: their rows and figures."""

from dataclasses import dataclass, field

import tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One task of the harness with the figures that count there."""

    task: str
    #: as the harness names them → the least that is wanted; `None` where nobody said
    figures: dict[str, float | None]
    #: what a scorer does not see of the profiles
    hidden: str = ""
    #: the harness's published best, with learnt expansion (F1) and without (F0), figures as above
    reference: dict[str, float] = field(default_factory=dict)

    @property
    def name(self):
        """For a table."""
        return f"{self.task}, likes only" if self.hidden == "include" else self.task

    def load(self):
        """The task, its profiles without what is hidden."""
        task = tasks.get(self.task)
        for topic in task.topics:
            if self.hidden:
                topic.profile[self.hidden] = []
        return task


COLLECTIONS = (
    Row(
        task="kp-inspec",
        figures={"ndcg@10": 0.51, "auc": None},
        reference={"ndcg@10": 0.526, "auc": 0.926},
    ),
    Row(
        task="kp-www-kdd",
        figures={"ndcg@10": 0.38, "auc": None},
        reference={"ndcg@10": 0.386, "auc": 0.820},
    ),
    Row(
        task="awesome-lists",
        figures={"ndcg@10": None, "auc": 0.95},
        reference={"ndcg@10": 0.272, "auc": 0.959},
    ),
    Row(
        task="hf-aikeywords",
        figures={"ndcg@10": 0.295, "auc": None},
        reference={"ndcg@10": 0.301, "auc": 0.988},
    ),
    Row(task="csfcube", figures={"ndcg@10": None, "auc": 0.73}, reference={"ndcg@10": 0.396, "auc": 0.741}),
    Row(task="cacm", figures={"ndcg@10": 0.52, "auc": None}, reference={"ndcg@10": 0.532, "auc": 0.948}),
    Row(task="cranfield", figures={"ndcg@10": 0.40, "auc": None}, reference={"ndcg@10": 0.412, "auc": 0.953}),
)
DAYS = (
    Row(
        task="daily:hf-aikeywords",
        figures={
            "p@1": 0.84,
            "r@3": 0.965,
            "ndcg@5": 0.925,
            "auc": None,
            "pooled_auc": 0.985,
            "send_auc": 0.90,
        },
        reference={"p@1": 0.856, "r@3": 0.973, "ndcg@5": 0.933, "auc": 0.989, "send_auc": 0.905},
    ),
    Row(
        task="daily:awesome-lists",
        figures={
            "p@1": None,
            "r@3": None,
            "ndcg@5": 0.73,
            "auc": 0.94,
            "pooled_auc": None,
            "send_auc": None,
        },
        reference={"p@1": 0.549, "r@3": 0.837, "ndcg@5": 0.751, "auc": 0.945, "pooled_auc": 0.958},
    ),
)
LIKES = (
    Row(
        task="daily:hf-submitters",
        figures={"ndcg@5": 0.58, "auc": 0.82},
        hidden="include",
        reference={"ndcg@5": 0.608, "auc": 0.843},
    ),
    Row(task="dpr-medai:4", figures={"ndcg@10": None, "auc": 0.94}, reference={"auc": 0.950}),
)
ROWS = (*COLLECTIONS, *DAYS, *LIKES)
