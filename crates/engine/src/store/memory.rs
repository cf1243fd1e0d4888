//! A store that forgets everything when it is dropped: for tests, and for "this session only".
