"""Pages and addresses come from _toc.yml and _config.yml, and from nowhere else."""

from authoring import book


def test_pages_are_those_of_the_toc_in_its_order(small_book):
    assert book.pages(small_book.root) == ["book/index", "book/layers/first", "book/layers/second"]


def test_a_page_without_cells_is_no_lesson(small_book):
    assert book.lessons(small_book.root) == ["book/layers/first", "book/layers/second"]


def test_every_address_is_made_from_the_settings(small_book):
    root, page = small_book.root, "book/layers/second"
    repository = "https://github.com/someone/small-book"
    assert book.repository_url(root) == repository
    assert book.page_url(page, root) == "https://someone.example/small-book/book/layers/second.html"
    assert book.source_url(book.source(page, root), root) == f"{repository}/blob/trunk/book/layers/second.md"
    assert book.colab_url(book.notebook(page, root), root) == (
        "https://colab.research.google.com/github/someone/small-book/blob/trunk/book/notebooks/second.ipynb"
    )
    assert book.binder_url(book.notebook(page, root), root) == (
        "https://mybinder.org/v2/gh/someone/small-book/trunk?urlpath=lab%2Ftree%2Fbook%2Fnotebooks%2Fsecond.ipynb"
    )
    assert book.bundle_url(root) == "https://someone.example/small-book/small-book.zip"
