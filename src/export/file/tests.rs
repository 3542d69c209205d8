//! A file is whole or not there: every way in which writing can fail, and what is left then.

use super::*;

use tempfile::TempDir;

const OLD: &[u8] = b"the old file";

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn old_file(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("old.csv");
    fs::write(&path, OLD).expect("an old file");
    path
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.to_string_lossy().into_owned()
        })
        .collect();
    names.sort();
    names
}

fn write_new(output: &mut dyn Write) -> io::Result<u64> {
    output.write_all(b"new")?;
    Ok(1)
}

fn must_not_write(_: &mut dyn Write) -> io::Result<u64> {
    panic!("the writer must not be called")
}

/// Lets `left` writes pass and fails then.
struct Failing<W> {
    output: W,
    left: usize,
}

impl<W: Write> Write for Failing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.left -= 1;
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

#[test]
fn a_new_file_is_written() {
    let folder = folder();
    let path = folder.path().join("new.csv");
    let rows = write_file(&path, IfExists::Refuse, &[], write_new).expect("written");
    assert_eq!(rows, 1);
    assert_eq!(fs::read(&path).expect("the file"), b"new");
    assert_eq!(names_in(&folder), ["new.csv"]);
}

#[cfg(unix)]
#[test]
fn a_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder();
    let path = old_file(&folder);
    write_file(&path, IfExists::Overwrite, &[], write_new).expect("written");
    let mode = fs::metadata(&path).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_existing_file_is_replaced_only_on_request() {
    let folder = folder();
    let path = old_file(&folder);
    let refused = write_file(&path, IfExists::Refuse, &[], must_not_write);
    assert!(matches!(refused, Err(WriteError::Exists { .. })));
    assert_eq!(fs::read(&path).expect("the file"), OLD);
    write_file(&path, IfExists::Overwrite, &[], write_new).expect("written");
    assert_eq!(fs::read(&path).expect("the file"), b"new");
    assert_eq!(names_in(&folder), ["old.csv"]);
}

#[test]
fn a_file_made_meanwhile_is_not_replaced() {
    let folder = folder();
    let path = folder.path().join("new.csv");
    let refused = write_file(&path, IfExists::Refuse, &[], |output| {
        fs::write(&path, OLD)?;
        write_new(output)
    });
    assert!(matches!(refused, Err(WriteError::Exists { .. })));
    assert_eq!(fs::read(&path).expect("the file"), OLD);
    assert_eq!(names_in(&folder), ["new.csv"]);
}

#[test]
fn whichever_write_fails_the_old_file_is_whole() {
    for allowed in 0..20 {
        let folder = folder();
        let path = old_file(&folder);
        let result = write_file(&path, IfExists::Overwrite, &[], |output| {
            let mut failing = Failing {
                output,
                left: allowed,
            };
            for _ in 0..20 {
                failing.write_all(&[b'x'; 10_000])?;
            }
            Ok(20)
        });
        assert!(matches!(result, Err(WriteError::Write { .. })));
        assert_eq!(
            fs::read(&path).expect("the file"),
            OLD,
            "after {allowed} writes"
        );
        assert_eq!(names_in(&folder), ["old.csv"]);
    }
}

#[test]
fn whichever_write_of_the_system_fails_it_is_reported() {
    // 200,000 bytes are four portions of the buffer, the last of them at the end.
    let content = |output: &mut dyn Write| {
        for _ in 0..20 {
            output.write_all(&[b'x'; 10_000])?;
        }
        Ok(20)
    };
    for allowed in 0..4 {
        let failing = Failing {
            output: Vec::new(),
            left: allowed,
        };
        assert!(fill(failing, content).is_err(), "after {allowed} writes");
    }
    let enough = Failing {
        output: Vec::new(),
        left: 4,
    };
    assert_eq!(fill(enough, content).expect("written"), 20);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_although_the_content_fits_the_buffer() {
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let error = fill(full, write_new).expect_err("no room");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

#[test]
fn a_panic_of_the_writer_leaves_nothing_behind() {
    let folder = folder();
    let path = old_file(&folder);
    let result = std::panic::catch_unwind(|| {
        write_file(&path, IfExists::Overwrite, &[], |output| {
            output.write_all(b"half")?;
            panic!("on purpose")
        })
    });
    assert!(result.is_err());
    assert_eq!(fs::read(&path).expect("the file"), OLD);
    assert_eq!(names_in(&folder), ["old.csv"]);
}

#[test]
fn a_folder_is_refused() {
    let folder = folder();
    for path in [folder.path(), Path::new("/"), Path::new("..")] {
        let refused = write_file(path, IfExists::Overwrite, &[], must_not_write);
        assert!(matches!(refused, Err(WriteError::IsFolder { .. })));
    }
}

#[test]
fn a_missing_folder_is_named() {
    let folder = folder();
    let missing = folder.path().join("no\x1b[2Jwhere");
    let path = missing.join("new.csv");
    let error = write_file(&path, IfExists::Overwrite, &[], must_not_write).expect_err("refused");
    assert!(matches!(&error, WriteError::MissingFolder { folder, .. } if *folder == missing));
    let message = error.to_string();
    assert!(message.contains("no^[[2Jwhere"), "{message}");
    assert!(!message.contains('\x1b'));
    assert!(names_in(&folder).is_empty());

    let path = old_file(&folder).join("new.csv");
    let refused = write_file(&path, IfExists::Overwrite, &[], must_not_write);
    assert!(matches!(refused, Err(WriteError::MissingFolder { .. })));
}

#[test]
fn an_input_is_not_replaced_by_any_name() {
    let folder = folder();
    let input = old_file(&folder);
    let other = folder.path().join("other.csv");
    fs::hard_link(&input, &other).expect("a second name");
    let detour = folder.path().join(".").join("old.csv");
    for path in [&input, &other, &detour] {
        for if_exists in [IfExists::Refuse, IfExists::Overwrite] {
            let inputs = [folder.path().join("gone.csv"), input.clone()];
            let refused = write_file(path, if_exists, &inputs, must_not_write);
            assert!(matches!(refused, Err(WriteError::IsInput { .. })));
        }
    }
    assert_eq!(fs::read(&input).expect("the input"), OLD);
}

#[cfg(unix)]
#[test]
fn a_link_to_an_input_is_not_replaced() {
    let folder = folder();
    let input = old_file(&folder);
    let link = folder.path().join("link.csv");
    std::os::unix::fs::symlink(&input, &link).expect("a link");
    // The input may have been named by the link, or the output.
    for inputs in [[input.clone()], [link.clone()]] {
        for path in [&input, &link] {
            let refused = write_file(path, IfExists::Overwrite, &inputs, must_not_write);
            assert!(matches!(refused, Err(WriteError::IsInput { .. })));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_replaced_and_its_target_is_not() {
    let folder = folder();
    let target = old_file(&folder);
    let link = folder.path().join("link.csv");
    let dangling = folder.path().join("dangling.csv");
    let nowhere = folder.path().join("nowhere.csv");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    std::os::unix::fs::symlink(&nowhere, &dangling).expect("a link");
    for path in [&link, &dangling] {
        let refused = write_file(path, IfExists::Refuse, &[], must_not_write);
        assert!(matches!(refused, Err(WriteError::Exists { .. })));
        write_file(path, IfExists::Overwrite, &[], write_new).expect("written");
        assert!(path.symlink_metadata().expect("the file").is_file());
        assert_eq!(fs::read(path).expect("the file"), b"new");
    }
    assert_eq!(fs::read(&target).expect("the target"), OLD);
    assert!(!nowhere.exists());
}

#[cfg(unix)]
#[test]
fn a_device_is_not_replaced() {
    let path = Path::new("/dev/null");
    let refused = write_file(path, IfExists::Overwrite, &[], must_not_write);
    assert!(matches!(refused, Err(WriteError::NotAFile { .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_without_permission_is_reported() {
    // Nobody may make files here, not even root.
    let path = Path::new("/proc/mailhunt.csv");
    let error = write_file(path, IfExists::Refuse, &[], must_not_write).expect_err("refused");
    assert!(matches!(error, WriteError::Create { .. }), "{error}");
    assert!(!error.to_string().contains(".part"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_reported() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder();
    let path = old_file(&folder);
    let set_mode = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode));
    set_mode(0o500).expect("read-only");
    let is_root = File::create(folder.path().join("probe")).is_ok();
    let result = write_file(&path, IfExists::Overwrite, &[], write_new);
    set_mode(0o700).expect("writable");
    if is_root {
        println!("skipped: root may write in a read-only folder");
        return;
    }
    let error = result.expect_err("refused");
    assert!(matches!(error, WriteError::Create { .. }));
    assert!(error.to_string().contains("in which you may write"));
    assert_eq!(fs::read(&path).expect("the file"), OLD);
}

#[test]
fn a_name_that_is_too_long_is_reported_and_leaves_nothing() {
    let folder = folder();
    let path = folder.path().join("x".repeat(300));
    let error = write_file(&path, IfExists::Refuse, &[], write_new).expect_err("refused");
    assert!(matches!(error, WriteError::Replace { .. }), "{error}");
    assert!(names_in(&folder).is_empty());
}
