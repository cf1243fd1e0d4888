//! The conversation, frame by frame, on an imagined clock.
