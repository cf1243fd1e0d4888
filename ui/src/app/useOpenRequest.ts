/** Opens what a notification, a link or a second start of the program requests, and confirms it. */
import { watch } from "vue";
import { useHoming } from "@/stores/homing";
import { useMessageLinks } from "@/stores/messageLinks";
import { useNavigation } from "@/stores/navigation";

export function useOpenRequest() {
  const homing = useHoming();
  const navigation = useNavigation();
  const links = useMessageLinks();

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
        case "message":
          links.show(open.message);
          break;
        case "settings":
          navigation.show("settings");
          break;
        case "quit":
          navigation.view.quitting = { space: open.space_name, people: open.people };
          break;
      }
      // If the confirmation is lost, the next snapshot repeats the request. Opening it twice does no harm.
      homing.call("opened", {}).catch(() => undefined);
    },
    { immediate: true },
  );
}
