#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use super::*;
use proptest::prelude::*;

fn tag(text: &str) -> ReleaseTag {
    text.parse().unwrap()
}

fn fault(text: &str) -> String {
    let error = text.parse::<ReleaseTag>().unwrap_err();
    format!("{}..{} {error}", error.start, error.end)
}

#[test]
fn reads_every_tag_of_the_sample() {
    let read = tag("3.0.6-20220602T124916Z_887ca13");
    assert_eq!(read.version(), &Version::new(3, 0, 6));
    assert_eq!(read.built_at().unwrap().to_string(), "2022-06-02T12:49:16Z");
    assert_eq!(read.sha(), Some("887ca13"));
    assert_eq!(tag("3.4.83").to_string(), "3.4.83");
}

#[test]
fn orders_by_numbers_then_by_time_and_never_by_sha() {
    let order = |left: &str, right: &str| tag(left).order(&tag(right));
    assert_eq!(order("3.10.0", "3.9.9"), TagOrder::Newer);
    assert_eq!(order("2.1.0", "2.1.1"), TagOrder::Older);
    let earlier = "1.0.0-20220602T124916Z_fffffff";
    assert_eq!(
        order(earlier, "1.0.0-20220602T124917Z_0000000"),
        TagOrder::Older
    );
    assert_eq!(order(earlier, earlier), TagOrder::Same);
    assert_eq!(
        order(earlier, "1.0.0-20220602T124916Z_0000000"),
        TagOrder::Conflict
    );
    assert_eq!(order("1.0.0", earlier), TagOrder::Older);
}

#[test]
fn says_what_is_wrong_and_where() {
    let faults = [
        "3.0-20220602T124916Z_887ca13",
        "latest",
        "",
        "3.05.1-20220602T124916Z_887ca13",
        "3.0.6-20221302T124916Z_887ca13",
        "3.0.6-20230229T124916Z_887ca13",
        "3.0.6-20220602T244916Z_887ca13",
        "3.0.6-20220602T124960Z_887ca13",
        "3.0.6-20220602T124916Z_887CA1",
        "3.0.6-20220602T124916Z",
        "3.0.6-20220602T124916Z_887ca13,",
        "99999999999999999999.0.0",
        "3.0.6-2022é602T124916Z_887ca13",
    ]
    .map(fault);
    insta::assert_snapshot!(faults.join("\n"));
}

proptest! {
    #[test]
    fn never_panics_and_points_inside_the_text(text in "([0-9][.]){0,2}\\PC*") {
        if let Err(error) = text.parse::<ReleaseTag>() {
            prop_assert!(error.start <= error.end && error.end <= text.len());
            prop_assert!(text.is_char_boundary(error.start) && text.is_char_boundary(error.end));
        }
    }

    #[test]
    fn prints_what_it_read(text in "[0-9]\\.[1-9][0-9]\\.[0-9](-20[0-9]{2}(0[1-9]|1[0-2])[01][1-8]T[01][0-9][0-5][0-9][0-5][0-9]Z_[0-9a-f]{7,64})?") {
        prop_assert_eq!(tag(&text).to_string(), text);
    }

    #[test]
    fn order_is_antisymmetric(left in "[0-2]\\.[0-2]\\.[0-2]", right in "[0-2]\\.[0-2]\\.[0-2]") {
        let (forth, back) = (tag(&left).order(&tag(&right)), tag(&right).order(&tag(&left)));
        let mirrored = match forth {
            TagOrder::Older => TagOrder::Newer,
            TagOrder::Newer => TagOrder::Older,
            same => same,
        };
        prop_assert_eq!(back, mirrored);
    }
}
