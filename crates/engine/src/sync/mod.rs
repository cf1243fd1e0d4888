//! What the server has and this device does not.
