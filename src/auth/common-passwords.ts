/**
 * Passwords that attackers try first, in lower case: those of eight characters or more, shorter ones are refused
 * anyway. A short list stops what a throttled attacker reaches; it does not replace the throttle.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  0123456789 10203040 1020304050 11112222 1111222233334444 11223344 1122334455 112233445566 12121212 123123123
  1231231234 123321123 12341234 12344321 123454321 1234554321 123456123 123456123456 12345678 123456789
  1234567890 1234567890q 12345678910 123456789a 123456789q 12345678a 1234567a 123456aa 123456ab 123456abc
  123456qw 123456qwe 123456qwerty 12345abc 12345qwert 1234abcd 1234qwer 123abc123 123asd123 123qweasd
  123qweasdzxc 123qwerty 13579246 135792468 1357924680 147258369 147852369 159357159 159753159 1a2b3c4d
  1a2b3c4d5e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 1qazxsw2 2468101214 246813579
  2wsx3edc 31415926 314159265 3edc4rfv 5201314520 87654321 88888888a 987654321 9876543210 a1234567 a12345678
  a123456789 a1b2c3d4 a1b2c3d4e5 aa123123 aa123456 aa12345678 aaaabbbb aabbccdd abc12345 abc123456 abc123abc
  abcabcabc abcd1234 abcd12345 abcdefg1 abcdefgh abcdefghi admin123 admin1234 admin12345 admin123456 admin@123
  admin@1234 adminadmin administrator arsenal1 asd12345 asd123asd asdasdasd asdf1234 asdf123456 asdfasdf
  asdfghjk asdfghjkl asdfqwer autumn2024 azerty12 azerty123 azertyui azertyuiop babygirl babygirl1 barcelona
  baseball baseball1 basketball blink182 butterfly change_me changeme changeme1 changeme123 charlie1 chelsea1
  chocolate computer computer1 contrasena contraseña correcthorsebatterystaple corvette december1 default1
  default123 diamond1 dolphin1 dragon12 dragon123 drowssap einstein elephant facebook football football1
  forever1 freedom1 gangster google123 guest123 guest1234 hello123 hello1234 hellohello ilovegod iloveme1
  iloveyou iloveyou! iloveyou1 iloveyou123 iloveyou2 internet internet1 january1 jennifer jonathan jordan23
  killer123 letmein! letmein1 letmein123 letmeinnow linkedin liverpool liverpool1 lkjhgfdsa login123 lovelove
  loveyou1 lösenord master12 master123 maverick mercedes metallica michael1 michelle midnight mnbvcxz1 monkey12
  monkey123 motdepasse mypassword nicholas november opensesame p@$$w0rd p@ssw0rd p@ssw0rd! p@ssw0rd1 p@ssw0rd123
  p@ssword p@ssword1 p@ssword123 pa$$w0rd pa$$word parola12 passw0rd passw0rd! passw0rd1 passw0rd123 password
  password! password01 password1 password1! password12 password123 password123! password1234 password2
  passwordpassword passwort passwort1 poiuytrewq pokemon1 pokemon123 princess princess1 q1234567 q123456789
  q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qaz123wsx qazwsx123 qazwsxedc qazwsxedcrfv qq123456 qwe123qwe qweasd123
  qweasdzxc qweqweqwe qwer1234 qwert123 qwert12345 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456
  qwertyui qwertyuiop qwertyuiop123 qwertz123 qwertzui qwertzuiop realmadrid rockstar1 root1234 rootroot
  samsung1 samsung123 secret12 secret123 senha123 senha1234 september shadow12 shadow123 spiderman spring2024
  spring2025 startrek starwars starwars1 summer2023 summer2024 summer2025 sunshine sunshine1 superman superman1
  superstar test1234 test12345 tester123 testing1 testing123 testtest toor1234 trustme1 trustno1 user1234
  username username1 victoria wachtwoord welcome1 welcome1! welcome12 welcome123 welcome2 welcome@123 whatever
  whatever1 winter2023 winter2024 winter2025 woaini123 woaini1314 woaini520 zaq12wsx zaq1xsw2 zaq1zaq1 zxc12345
  zxcvbnm, zxcvbnm1 zxcvbnm123 zxcvzxcv
`
    .trim()
    .split(/\s+/),
);
