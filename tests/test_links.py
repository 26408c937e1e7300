"""The link from an estimator's HTML representation to its page in the reference."""

import inspect
import re
import runpy
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator
from sklearn.svm import SVC

import skmnist
from skmnist import NoveltyRejectingClassifier, PixelScaler

PUBLIC = [getattr(skmnist, name) for name in skmnist.__all__]
CLASSES = [t for t in PUBLIC if inspect.isclass(t) and issubclass(t, BaseEstimator)]
# The link of an estimator inside is not looked at.
ESTIMATORS = [t() for t in CLASSES if t is not NoveltyRejectingClassifier]


def links(estimator):
    """Addresses of the question marks, without the places within their pages."""
    html = estimator._repr_html_()
    return re.findall(r'class="sk-estimator-doc-link[^>]*href="([^"#]*)', html)


@pytest.fixture
def published():
    site = runpy.run_path(str(Path(__file__).parents[1] / "docs/_site.py"))
    site["link_estimators"]("https://example.org/docs")
    yield
    for estimator in ESTIMATORS:
        del type(estimator)._doc_link_module, type(estimator)._doc_link_template


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_where_no_site_is_published_there_is_no_link(estimator):
    assert "href" not in estimator._repr_html_()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_the_link_leads_to_the_page_of_the_public_name(estimator):
    page = f"reference/generated/skmnist.{type(estimator).__name__}.html"
    assert links(estimator) == [f"https://example.org/docs/{page}"]


@pytest.mark.usefixtures("published")
def test_in_a_pipeline_every_step_links_to_its_own_reference():
    pipeline = skmnist.make_digit_pipeline(SVC())
    pages = [link.rpartition("/")[2] for link in links(pipeline)]
    assert pages == [
        "sklearn.pipeline.Pipeline.html",
        "skmnist.ImageFlattener.html",
        "skmnist.PixelScaler.html",
        "sklearn.svm.SVC.html",
    ]


@pytest.mark.usefixtures("published")
def test_subclasses_of_other_packages_have_no_link():
    class Own(PixelScaler):
        pass

    assert links(Own()) == []
