//! The style, by example.

use super::super::parse;
use super::*;

fn formatted(source: &str) -> String {
    format(&parse(source), Quotes::Kept).expect("a correct document is formatted")
}

fn unquoted(source: &str) -> String {
    format(&parse(source), Quotes::Needed).expect("a correct document is formatted")
}

#[test]
fn one_member_stands_on_one_line() {
    insta::assert_snapshot!(formatted("{\"a\":{\"b\" : 3.10,'c':[1,[ ] ,{ }],},d:x, y\n\n\n\ne:null}"), @r#"
    {
      "a": {
        "b": 3.10
        'c': [
          1
          []
          {}
        ]
      }
      d: x, y

      e: null
    }
    "#);
}

#[test]
fn blank_lines_stand_alone_and_not_beside_brackets() {
    insta::assert_snapshot!(formatted("\n\n{\n\n\na: 1\n \t\n\nb: [\n\n1\n\n2\n\n]\n\n}\n\n\n"), @r#"
    {
      a: 1

      b: [
        1

        2
      ]
    }
    "#);
}

#[test]
fn comments_stay_where_they_are() {
    insta::assert_snapshot!(formatted("# head\n\n#last of the head  \n{ // open\na: 'x', # behind\n   /* own\n     line */\n\n# below\n\nb: [ # list\n1 /* one */, /* and */ # more\n# end\n] // closed\n# last\n}\n\n# foot"), @r#"
    # head

    #last of the head
    { // open
      a: 'x' # behind
      /* own
         line */

      # below

      b: [ # list
        1 /* one */ /* and */ # more
        # end
      ] // closed
      # last
    }

    # foot
    "#);
}

#[test]
fn comments_between_key_and_value_go_above_them() {
    insta::assert_snapshot!(formatted("{\na: 1\n\n\"b\" /* one */ : # two\n\n// three\n{ c: /* four */ 2 }\n}"), @r#"
    {
      a: 1

      /* one */
      # two
      // three
      "b": {
        /* four */
        c: 2
      }
    }
    "#);
}

#[test]
fn a_list_stays_on_its_line_while_it_has_room() {
    let word = "\"a word of twenty.\", ".repeat(4);
    insta::assert_snapshot!(formatted(&format!("{{short: [1,'two' \"three\"]\nlong: [{word}1234]\nwide: [{word}12345]\nmatrix: [[1,2],[3]]\nopen: [\n1\n]\nremark: [1 /* no */]\nobjects: [{{}}, {{a:1}}]}}")), @r#"
    {
      short: [ 1, 'two', "three" ]
      long: [ "a word of twenty.", "a word of twenty.", "a word of twenty.", "a word of twenty.", 1234 ]
      wide: [
        "a word of twenty."
        "a word of twenty."
        "a word of twenty."
        "a word of twenty."
        12345
      ]
      matrix: [
        [ 1, 2 ]
        [ 3 ]
      ]
      open: [
        1
      ]
      remark: [
        1 /* no */
      ]
      objects: [
        {}
        {
          a: 1
        }
      ]
    }
    "#);
}

#[test]
fn the_lines_of_a_string_move_with_it() {
    insta::assert_snapshot!(formatted("{\nkey: '''one\n       two\n\n         three'''\nlist: ['''x''', '''\n  y\n  ''' # behind\n]\nnone: '''\n'''\n}"), @r#"
    {
      key:
        '''
        one
          two

            three
        '''
      list: [
        '''x'''
        '''
        y
        ''' # behind
      ]
      none: ''''''
    }
    "#);
}

#[test]
fn a_swallowed_member_does_not_begin_to_look_right() {
    insta::assert_snapshot!(formatted("{\ntag:\nartifrepo: host\ncolour: #fff\nsize: 3\nnumber:\n3\n}"), @r#"
    {
      tag:
        artifrepo: host
      colour: #fff
        size: 3
      number: 3
    }
    "#);
}

#[test]
fn the_root_keeps_its_form() {
    assert_eq!(formatted(""), "");
    assert_eq!(formatted(" \n# x"), "# x\n");
    assert_eq!(formatted("a: 1, b: {\nc: x\n}"), "a: 1\nb: {\n  c: x\n}\n");
    assert_eq!(formatted(" word, # and"), "word, # and\n");
    assert_eq!(formatted("\n'''\n  a\n'''"), "'''\n  a\n'''\n");
}

#[test]
fn text_that_another_place_would_give_a_meaning_gets_quotes() {
    assert_eq!(
        formatted("a: \u{a0}#x\nb: \u{a0}true\nc: \u{a0}\nd: \u{a0}word"),
        "a: \"#x\"\nb: \"true\"\nc: \"\"\nd: word\n"
    );
    assert_eq!(formatted("\u{a0} a: b"), "\"a: b\"\n");
    assert_eq!(formatted("\n\u{feff}k: 1"), "\"\u{feff}k\": 1\n");
}

#[test]
fn the_first_line_decides_how_lines_end() {
    assert_eq!(
        formatted("a: 1\r\nb: '''\n x\n'''\n/* c\n*/"),
        "a: 1\r\nb:\r\n  '''\r\n  x\r\n  '''\r\n/* c\r\n*/\r\n"
    );
    assert_eq!(
        formatted("a: 1\nb: 2\r\n# c\r\n/* d\r\r\n*/\r"),
        "a: 1\nb: 2\n# c\n/* d\n*/\n"
    );
}

#[test]
fn what_cannot_be_read_is_not_formatted() {
    assert_eq!(format(&parse("{ a: b }"), Quotes::Kept), None);
    assert_eq!(format(&parse("\u{feff}a: 1"), Quotes::Kept), None);
}

#[test]
fn json_loses_the_quotes_that_nobody_misses() {
    insta::assert_snapshot!(unquoted(r##"{"mzone": "m1", "odd key": "a b", "n": "3.10", "t": "true", "e": "", "h": "#x", "c": "x,", "u": "https://x/y", "r": "x // y",
    "lines": "one\n  two\n", "tab": "a\tb", "cr": "a\r\nb", "quotes": "'''\n", "list": ["a", 'b'], "items": [
    "a", "b", # behind
    "3"], "": "x # y"}"##), @r##"
    {
      mzone: m1
      "odd key": a b
      n: "3.10"
      t: "true"
      e: ""
      h: "#x"
      c: "x,"
      u: https://x/y
      r: "x // y"
      lines:
        '''
        one
          two

        '''
      tab: "a\tb"
      cr: "a\r\nb"
      quotes: "'''\n"
      list: [ "a", 'b' ]
      items: [
        a
        "b" # behind
        "3"
      ]
      "": "x # y"
    }
    "##);
    assert_eq!(unquoted("[\"a\",\u{a0}#x\n]"), "[\n  a\n  \"#x\"\n]\n");
    assert_eq!(unquoted("\"a: b\""), "\"a: b\"\n");
}
