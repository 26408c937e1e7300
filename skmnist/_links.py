"""Where an estimator's picture links to: its page in the API reference."""

# Of the published site, without a slash at its end. None: not published, and no link.
ADDRESS: str | None = None


class ReferenceLinkMixin:
    """An estimator with a page in the reference, linked to from its HTML representation."""

    _doc_link_module = "skmnist"

    @property
    def _doc_link_template(self) -> str:
        # scikit-learn takes an empty link for none.
        if ADDRESS is None:
            return ""
        return ADDRESS + "/reference/generated/skmnist.{estimator_name}.html"
