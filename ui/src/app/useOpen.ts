/** Shows what a click on a notification, a link or a second start asks for, and says that it did. */
import { watch } from "vue";
import { useHoming } from "@/stores/homing";
import { useNavigation } from "@/stores/view";

export function useOpen() {
  const homing = useHoming();
  const navigation = useNavigation();

  watch(
    () => homing.state.open,
    (open) => {
      if (!open) return;
      switch (open.what) {
        case "room":
          navigation.show(null);
          navigation.view.jumpedAt = Date.now();
          navigation.openRoom(open.space, open.room, open.key);
          if (open.compose) navigation.view.composed++;
          break;
        case "link":
          navigation.view.link = open.link;
          navigation.show("add_space");
          break;
        case "settings":
          navigation.show("settings");
          break;
        case "quit":
          navigation.view.quitting = { space: open.space_name, people: open.people };
          break;
      }
      // Not heard: it is asked for again with the next snapshot, and showing it twice does no harm.
      homing.call("opened", {}).catch(() => undefined);
    },
    { immediate: true },
  );
}
