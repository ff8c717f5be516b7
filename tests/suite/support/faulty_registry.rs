//! A registry that does what a test tells it: it serves the releases of a layout, unless the test has another answer.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::certificates::Certificates;

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    /// In lower case: `name: value`.
    pub(crate) headers: Vec<String>,
    /// What was sent with it.
    pub(crate) body: Vec<u8>,
    /// How often the same was asked before.
    pub(crate) before: usize,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|header| header.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn is_blob(&self) -> bool {
        self.path.contains("/blobs/")
    }
}

/// What is answered: the status line and headers, then the body, then its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    head: String,
    body: Vec<u8>,
    end: End,
}

/// What comes after the body.
#[derive(Debug, Clone, Copy)]
enum End {
    /// The connection is closed.
    Close,
    /// The body is repeated until nobody listens.
    Endless,
    /// Nothing, while somebody listens.
    Silence,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            head: format!("HTTP/1.1 {status} Status\r\nConnection: close\r\n"),
            body: Vec::new(),
            end: End::Close,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// A body of a known size.
    pub(crate) fn body(self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = body.len().to_string();
        Self {
            body,
            ..self.header("Content-Length", &length)
        }
    }

    /// Only the first bytes of the body come.
    pub(crate) fn cut(mut self, after: usize) -> Self {
        self.body.truncate(after);
        self
    }

    /// The bytes come again and again, without a size.
    pub(crate) fn endless(mut self, bytes: &[u8]) -> Self {
        self.body = bytes.to_vec();
        self.end = End::Endless;
        self
    }

    /// Nothing comes any more, and the connection stays.
    pub(crate) fn silent(mut self) -> Self {
        self.end = End::Silence;
        self
    }

    fn send(&self, to: &mut (impl Read + Write)) -> std::io::Result<()> {
        to.write_all(self.head.as_bytes())?;
        to.write_all(b"\r\n")?;
        to.write_all(&self.body)?;
        match self.end {
            End::Close => Ok(()),
            End::Endless => loop {
                to.write_all(&self.body)?;
            },
            End::Silence => BufReader::new(to).read_line(&mut String::new()).map(|_| ()),
        }
    }
}

/// A running registry. Its threads end with the test process.
#[derive(Debug)]
pub(crate) struct FaultyRegistry {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Fault = dyn Fn(&Asked) -> Option<Answer> + Send + Sync;

/// What every connection is served with.
struct Served {
    layout: PathBuf,
    fault: Box<Fault>,
    seen: Arc<Mutex<Vec<Asked>>>,
    tls: Option<Arc<ServerConfig>>,
}

impl FaultyRegistry {
    /// Serves the only release of a layout, whatever repository is asked for, except where the fault answers.
    pub(crate) fn serving(
        layout: &Path,
        fault: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        Self::start(layout, Box::new(fault), None)
    }

    /// The same over TLS. What is not encrypted, or is broken off before it asks, was not asked.
    pub(crate) fn serving_tls(
        layout: &Path,
        certificates: &Certificates,
        fault: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        Self::start(layout, Box::new(fault), Some(certificates.server()))
    }

    fn start(layout: &Path, fault: Box<Fault>, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let served = Arc::new(Served {
            layout: layout.to_owned(),
            fault,
            seen: Arc::clone(&asked),
            tls,
        });
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                std::thread::spawn(move || served.connect(connection));
            }
        });
        Self { port, asked }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Everything that was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no test panics in there").clone()
    }
}

impl Served {
    fn connect(&self, mut connection: TcpStream) {
        let Some(tls) = &self.tls else {
            return self.serve(&mut connection);
        };
        let session = ServerConnection::new(Arc::clone(tls)).expect("a configuration");
        let mut connection = StreamOwned::new(session, connection);
        self.serve(&mut connection);
        connection.conn.send_close_notify();
        // Who asked may have left.
        let _ = connection.flush();
    }

    fn serve(&self, connection: &mut (impl Read + Write)) {
        let Some(asked) = read(connection, &self.seen) else {
            return;
        };
        let answer = (self.fault)(&asked).unwrap_or_else(|| from_layout(&asked, &self.layout));
        // Who asked may have heard enough.
        let _ = answer.send(connection);
    }
}

fn read(connection: &mut impl Read, seen: &Mutex<Vec<Asked>>) -> Option<Asked> {
    let mut reader = BufReader::new(connection);
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let first = lines.next()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers = lines.take_while(|line| !line.is_empty());
    let headers: Vec<_> = headers.map(|line| line.to_ascii_lowercase()).collect();
    let size = headers
        .iter()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; size.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let mut seen = seen.lock().ok()?;
    let is_same = |one: &&Asked| one.path == path && one.method == method;
    let asked = Asked {
        before: seen.iter().filter(is_same).count(),
        method,
        path,
        headers,
        body,
    };
    seen.push(asked.clone());
    Some(asked)
}

/// What a registry without faults answers; it continues a blob where it is asked to.
pub(crate) fn from_layout(asked: &Asked, layout: &Path) -> Answer {
    let name = asked.path.rsplit('/').next().unwrap_or_default();
    let blob = match name.strip_prefix("sha256:") {
        Some(hex) => layout.join("blobs/sha256").join(hex),
        None => manifest(layout),
    };
    let Ok(bytes) = fs::read(blob) else {
        return Answer::status(404);
    };
    let range = asked.header("range");
    let start = range.and_then(|range| {
        range
            .strip_prefix("bytes=")?
            .strip_suffix('-')?
            .parse()
            .ok()
    });
    match start {
        Some(start) if asked.is_blob() && start < bytes.len() => {
            let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
            Answer::status(206)
                .header("Content-Range", &range)
                .body(&bytes[start..])
        }
        _ if asked.is_blob() => Answer::status(200).body(bytes),
        _ => Answer::status(200)
            .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
            .body(bytes),
    }
}

/// The file of the manifest of the only release.
fn manifest(layout: &Path) -> PathBuf {
    let index = fs::read(layout.join("index.json")).expect("an index");
    let index: serde_json::Value = serde_json::from_slice(&index).expect("JSON");
    let digest = index["manifests"][0]["digest"].as_str().expect("a digest");
    layout.join("blobs").join(digest.replace(':', "/"))
}
