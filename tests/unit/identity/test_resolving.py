from digest.identity import Resolution, resolve

TITLE = "title:2:t"
ONE, TWO = "arxiv:2607.00001", "arxiv:2607.00002"


def test_a_near_paper_is_the_record_where_nobody_has_its_keys():
    keys_of = {7: {"title:2:tt", ONE}}

    assert resolve((TITLE,), {}, keys_of, near=(7,)) == Resolution(7)


def test_the_most_alike_whose_ids_fit_is_taken():
    keys_of = {5: {ONE}, 6: {"title:2:tt"}, 7: {"title:2:ttt"}}

    assert resolve((TWO, TITLE), {}, keys_of, near=(5, 7, 6)) == Resolution(7)


def test_the_same_title_goes_before_a_near_one():
    keys_of = {5: {"title:2:tt"}, 7: {TITLE}}

    assert resolve((TITLE,), {TITLE: {7}}, keys_of, near=(5,)) == Resolution(7)


def test_an_id_and_a_likeness_tie_a_listing_of_titles_to_the_listing_with_ids():
    keys_of = {5: {"title:2:tt"}, 7: {ONE, "title:2:other"}}

    assert resolve((ONE, TITLE), {ONE: {7}}, keys_of, near=(5,)) == Resolution(5, (7,))


def test_a_likeness_never_ties_two_papers_that_have_ids():
    keys_of = {5: {"doi:10.1000/x", "title:2:tt"}, 7: {ONE, "title:2:other"}}

    assert resolve((ONE, TITLE), {ONE: {7}}, keys_of, near=(5,)) == Resolution(7)


def test_papers_that_have_only_a_heading_in_common_with_the_record_are_left_alone():
    held, keys_of = {TITLE: {7, 9}}, {7: {TITLE}, 9: {TITLE}}

    assert resolve((TITLE,), held, keys_of, apart={7}) == Resolution(9)
    assert resolve((TITLE,), held, keys_of, apart={7, 9}) == Resolution(None)
    assert resolve((ONE, TITLE), {ONE: {9}, TITLE: {7, 9}}, keys_of, apart={7}) == Resolution(9)


def test_an_id_is_believed_whatever_the_heading():
    assert resolve((ONE, TITLE), {ONE: {7}}, {7: {ONE}}, apart={7}) == Resolution(7)


def test_papers_that_share_a_title_become_one_where_ids_do_not_forbid_it():
    """A better normaliser may give two stored papers one key; the next record of it ties them."""
    held, keys_of = {ONE: {9}, TITLE: {7, 9}}, {7: {TITLE}, 9: {ONE, TITLE}}

    assert resolve((ONE, TITLE), held, keys_of) == Resolution(7, (9,))
    assert resolve((TITLE,), held, keys_of) == Resolution(7, (9,))


def test_a_chain_of_names_ties_no_two_arxiv_ids():
    held = {ONE: {3}, "doi:10.1000/x": {4}, TITLE: {5}}
    keys_of = {3: {ONE}, 4: {"doi:10.1000/x", TWO}, 5: {TITLE, TWO}}

    assert resolve((ONE, "doi:10.1000/x", TITLE), held, keys_of) == Resolution(3)


def test_a_second_doi_makes_no_second_paper_of_one_arxiv_id():
    held, keys_of = {ONE: {3}}, {3: {ONE, "doi:10.1000/x"}}

    assert resolve((ONE, "doi:10.1000/y"), held, keys_of) == Resolution(3)


def test_a_record_without_ids_joins_what_an_id_ties_together():
    held = {ONE: {6}, "doi:10.1000/x": {4}, TITLE: {9}}
    keys_of = {6: {ONE}, 4: {"doi:10.1000/x"}, 9: {TITLE}}

    assert resolve((ONE, "doi:10.1000/x", TITLE), held, keys_of) == Resolution(4, (6, 9))
