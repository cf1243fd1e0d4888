//! What task bars and window switchers call the window.

use homing_stage::eventually;

use crate::scene::Scene;

#[tokio::test]
async fn the_window_is_called_after_the_room_and_counts_the_unread_ones() {
    let scene = Scene::set().await.unwrap();
    let window = scene.jonas.app().window(&scene.stage).await.unwrap();
    let called = async |title: &str| {
        eventually(&format!("the window is called {title:?}"), async || {
            let now = scene.stage.property(&window, "_NET_WM_NAME")?;
            Ok((now.as_deref() == Some(title)).then_some(()))
        })
        .await
    };
    called("#general – Northlight").await.unwrap();
    scene.room("design").await.unwrap();
    scene.mei.write("design", "A first sketch").await.unwrap();
    called("(1) #general – Northlight").await.unwrap();
}
