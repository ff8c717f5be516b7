//! The formats that are documents: what they say.

use serde_json::Value;

use super::*;
use crate::lint::output::{checkstyle, gitlab, jsonl, junit, rdjson, sarif};

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn gitlab_gets_an_array() {
    insta::assert_snapshot!(Run::usual().printed(gitlab), @r#"
    [
      {
        "description": "DDT101: `tag` has no value; it swallowed the next line",
        "check_name": "DDT101",
        "fingerprint": "7d4abed6a731f34db4ac6764742282a443694bd9a98a50f0be0fd8cf65dc08c4",
        "severity": "major",
        "location": {
          "path": "zones/bad.hjson",
          "lines": {
            "begin": 7
          }
        }
      },
      {
        "description": "DDT401: written order differs from stage order; ddt runs stage order",
        "check_name": "DDT401",
        "fingerprint": "344de0db861b3c06e583014fcdb2acdd1418bb34eaa23d46228400b4766efae0",
        "severity": "info",
        "location": {
          "path": "zones/info.hjson",
          "lines": {
            "begin": 14
          }
        }
      }
    ]
    "#);
    assert_eq!(Run::clean().printed(gitlab), "[]\n");
}

/// Lines that move must not look like new findings to GitLab, and none may hide another.
#[test]
fn fingerprints_of_gitlab_do_not_know_lines_and_are_unique() {
    let text = include_str!("../../../../fixtures/lint/twelve-mistakes.hjson");
    let fingerprints = |text: &str| -> Vec<String> {
        let run = Run::lint(&[("a.hjson", text)]);
        let violations = value(&run.printed(gitlab));
        let all = violations.as_array().expect("an array").iter();
        all.map(|one| one["fingerprint"].to_string()).collect()
    };
    let found = fingerprints(text);
    let mut unique = found.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), found.len());
    assert_eq!(fingerprints(&format!("# moved\n\n{text}")), found);
    let same = Diagnostic::error("the same").at(&Source::new("a.hjson", "a"), Span::new(0, 1), "");
    let run = Run::of(Vec::new(), vec![same.clone(), same]);
    let violations = value(&run.printed(gitlab));
    assert_ne!(violations[0]["fingerprint"], violations[1]["fingerprint"]);
}

#[test]
fn junit_has_a_suite_per_file_and_a_passed_case_for_a_clean_one() {
    insta::assert_snapshot!(Run::usual().printed(junit), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="ddt lint" tests="3" failures="1" errors="0">
      <testsuite name="zones/bad.hjson" tests="1" failures="1" errors="0" file="zones/bad.hjson">
        <testcase classname="DDT101" name="7:11: `tag` has no value; it swallowed the next line" file="zones/bad.hjson" line="7">
          <failure message="`tag` has no value; it swallowed the next line" type="error">zones/bad.hjson:7:11: DDT101 `tag` has no value; it swallowed the next line
      note: an HJSON value may start on the following line
      help: write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`</failure>
        </testcase>
      </testsuite>
      <testsuite name="zones/good.hjson" tests="1" failures="0" errors="0" file="zones/good.hjson">
        <testcase classname="ddt" name="zones/good.hjson" file="zones/good.hjson"/>
      </testsuite>
      <testsuite name="zones/info.hjson" tests="1" failures="0" errors="0" file="zones/info.hjson">
        <testcase classname="DDT401" name="14:9: written order differs from stage order; ddt runs stage order" file="zones/info.hjson" line="14">
          <system-out>zones/info.hjson:14:9: DDT401 written order differs from stage order; ddt runs stage order
      note: ddt runs hostos-boot-release, hostos-config-release, hostos-base-os-sw-release, hostos-base-net-sw-release, hostos-nextgen-os-sw-release, hostos-post-config-release, hostos-kernel-patch-release
      help: write the packages in this order</system-out>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn checkstyle_has_every_file() {
    insta::assert_snapshot!(Run::usual().printed(checkstyle), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <checkstyle version="4.3">
      <file name="zones/bad.hjson">
        <error line="7" column="11" severity="error" message="DDT101 `tag` has no value; it swallowed the next line&#10;  note: an HJSON value may start on the following line&#10;  help: write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`" source="ddt.DDT101"/>
      </file>
      <file name="zones/good.hjson"/>
      <file name="zones/info.hjson">
        <error line="14" column="9" severity="info" message="DDT401 written order differs from stage order; ddt runs stage order&#10;  note: ddt runs hostos-boot-release, hostos-config-release, hostos-base-os-sw-release, hostos-base-net-sw-release, hostos-nextgen-os-sw-release, hostos-post-config-release, hostos-kernel-patch-release&#10;  help: write the packages in this order" source="ddt.DDT401"/>
      </file>
    </checkstyle>
    "#);
}

#[test]
fn jsonl_ends_with_the_counts() {
    insta::assert_snapshot!(Run::usual().printed(jsonl), @r#"
    {"type":"start","schema":1,"kind":"lint"}
    {"type":"finding","code":"DDT101","name":"swallowed-member","severity":"error","message":"`tag` has no value; it swallowed the next line","path":"bad.hjson","line":7,"column":11,"end_line":7,"end_column":14,"label":"value missing here","key_path":"components.hostos.packages.hostos-kernel-patch-release.tag","notes":["an HJSON value may start on the following line"],"help":"write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`","related":[{"path":"bad.hjson","line":8,"column":11,"end_line":8,"end_column":47,"key_path":"components.hostos.packages.hostos-kernel-patch-release.tag","message":"parsed as the value of `tag`"}]}
    {"type":"finding","code":"DDT401","name":"written-order","severity":"info","message":"written order differs from stage order; ddt runs stage order","path":"info.hjson","line":14,"column":9,"end_line":14,"end_column":37,"label":"runs after `hostos-base-os-sw-release`","key_path":"components.hostos.packages.hostos-nextgen-os-sw-release","notes":["ddt runs hostos-boot-release, hostos-config-release, hostos-base-os-sw-release, hostos-base-net-sw-release, hostos-nextgen-os-sw-release, hostos-post-config-release, hostos-kernel-patch-release"],"help":"write the packages in this order","related":[{"path":"info.hjson","line":19,"column":9,"end_line":19,"end_column":34,"key_path":"components.hostos.packages.hostos-base-os-sw-release","message":"written below it"}]}
    {"type":"summary","files":3,"errors":1,"warnings":0,"infos":1}
    "#);
}

#[test]
fn reviewdog_gets_columns_in_bytes() {
    insta::assert_snapshot!(fixable("a: 'é'").printed(rdjson), @r#"
    {
      "source": {
        "name": "ddt"
      },
      "severity": "WARNING",
      "diagnostics": [
        {
          "message": "DDT108 single quotes",
          "severity": "WARNING",
          "code": {
            "value": "DDT108"
          },
          "location": {
            "path": "zones/a.hjson",
            "range": {
              "start": {
                "line": 1,
                "column": 4
              },
              "end": {
                "line": 1,
                "column": 8
              }
            }
          },
          "related_locations": [
            {
              "message": "the key",
              "location": {
                "path": "zones/a.hjson",
                "range": {
                  "start": {
                    "line": 1,
                    "column": 1
                  },
                  "end": {
                    "line": 1,
                    "column": 2
                  }
                }
              }
            }
          ],
          "suggestions": [
            {
              "range": {
                "start": {
                  "line": 1,
                  "column": 4
                },
                "end": {
                  "line": 1,
                  "column": 8
                }
              },
              "text": "\"é\""
            }
          ]
        }
      ]
    }
    "#);
}

#[test]
fn sarif_describes_the_rules_that_found_something() {
    let log = value(&Run::usual().printed(sarif));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!((rules.len(), results.len()), (2, 2));
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index");
        let described = &rules[usize::try_from(index).expect("an index")];
        assert_eq!(described["id"], result["ruleId"]);
        assert!(
            described["help"]["text"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
    insta::assert_snapshot!(format!("{:#}", results[0]), @r#"
    {
      "level": "error",
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "zones/bad.hjson"
            },
            "region": {
              "endColumn": 14,
              "endLine": 7,
              "startColumn": 11,
              "startLine": 7
            }
          }
        }
      ],
      "message": {
        "text": "DDT101 `tag` has no value; it swallowed the next line\n  note: an HJSON value may start on the following line\n  help: write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`"
      },
      "partialFingerprints": {
        "primaryLocationLineHash": "e7d6d8b2507ea83c:1"
      },
      "relatedLocations": [
        {
          "message": {
            "text": "parsed as the value of `tag`"
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "zones/bad.hjson"
            },
            "region": {
              "endColumn": 47,
              "endLine": 8,
              "startColumn": 11,
              "startLine": 8
            }
          }
        }
      ],
      "ruleId": "DDT101",
      "ruleIndex": 0
    }
    "#);
    assert_eq!(rules[0]["name"], "SwallowedMember");
}

#[test]
fn sarif_has_fixes_and_columns_in_code_points() {
    let log = value(&fixable("a: '👍é'").printed(sarif));
    let fix = &log["runs"][0]["results"][0]["fixes"];
    insta::assert_snapshot!(format!("{fix:#}"), @r#"
    [
      {
        "artifactChanges": [
          {
            "artifactLocation": {
              "uri": "zones/a.hjson"
            },
            "replacements": [
              {
                "deletedRegion": {
                  "endColumn": 5,
                  "endLine": 1,
                  "startColumn": 4,
                  "startLine": 1
                },
                "insertedContent": {
                  "text": "\""
                }
              },
              {
                "deletedRegion": {
                  "endColumn": 8,
                  "endLine": 1,
                  "startColumn": 7,
                  "startLine": 1
                },
                "insertedContent": {
                  "text": "\""
                }
              }
            ]
          }
        ],
        "description": {
          "text": "use double quotes"
        }
      }
    ]
    "#);
}

#[test]
fn sarif_escapes_addresses() {
    let log = value(&Run::hostile().printed(sarif));
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    insta::assert_snapshot!(place["artifactLocation"]["uri"], @r#"
    "zones/%3A%3Aerror%3A%3A%250A%2Ca%3Ab%3B%5D%3C%26%22%27%3E%07%0A%23%23vso%5Btask.complete%5D.hjson"
    "#);
    let run = Run::lint(&[("/elsewhere/a b.hjson", "")]);
    let log = value(&run.printed(sarif));
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"]["uri"],
        "file:///elsewhere/a%20b.hjson"
    );
}

#[test]
fn sarif_says_when_github_would_refuse_the_rest() {
    let source = Source::new("a.hjson", "a: 1\n");
    let info = Diagnostic::error("more")
        .severity(Severity::Info)
        .at(&source, Span::new(0, 1), "");
    let error = Diagnostic::error("worst").at(&source, Span::new(0, 1), "");
    let mut diagnostics = vec![info; 25_000];
    diagnostics.push(error);
    let log = value(&Run::of(vec![source], diagnostics).printed(sarif));
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().map(Vec::len), Some(25_000));
    assert_eq!(run["results"][0]["message"]["text"], "worst");
    let notes = &run["invocations"][0]["toolExecutionNotifications"];
    insta::assert_snapshot!(notes[0]["message"]["text"], @r#"
    "1 of 25001 findings are left out: a report may have 25000"
    "#);
}

/// The place of a byte order mark cannot be told in columns; a fix elsewhere can.
#[test]
fn what_has_no_column_is_no_suggestion() {
    let source = Source::new("a.hjson", "\u{feff}a: 1\n");
    let finding = |edit| {
        Diagnostic::error("found")
            .at(&source, Span::new(0, 3), "")
            .fix(Fix::safe("mend it", vec![edit]))
    };
    let run = Run::of(
        vec![source.clone()],
        vec![
            finding(Edit::delete(Span::new(0, 3))),
            finding(Edit::delete(Span::new(3, 4))),
            finding(Edit::delete(Span::new(3, 99))),
        ],
    );
    let results = value(&run.printed(sarif));
    let results = &results["runs"][0]["results"];
    let suggestions = value(&run.printed(rdjson));
    let suggestions = &suggestions["diagnostics"];
    for index in [0, 2] {
        assert_eq!(results[index].get("fixes"), None);
        assert_eq!(suggestions[index].get("suggestions"), None);
    }
    let change = &results[1]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["deletedRegion"]["startColumn"], 1);
    assert_eq!(
        suggestions[1]["suggestions"][0]["range"]["end"]["column"],
        2
    );
}

/// A finding whose fix puts double quotes around what stands between the first two single ones.
fn fixable(text: &str) -> Run {
    let source = Source::new("a.hjson", text);
    let quotes: Vec<usize> = text.match_indices('\'').map(|(at, _)| at).collect();
    let edits = quotes
        .iter()
        .map(|at| Edit::new(Span::new(*at, at + 1), "\""));
    let finding = Diagnostic::error("single quotes")
        .severity(Severity::Warning)
        .code("DDT108")
        .at(&source, Span::new(quotes[0], quotes[1] + 1), "")
        .about(KeyPath::from(["a"]))
        .at(&source, Span::new(0, 1), "the key")
        .fix(Fix::safe("use double quotes", edits.collect()));
    Run::of(vec![source], vec![finding])
}
